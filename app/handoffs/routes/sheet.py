"""Replies on a sheet (Excelで回答する): take it out, bring it back, look, take it in."""

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.tabular import XLSX_TYPE
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.files.serving import disposition
from app.handoffs.forms.sheet import (
    MEGABYTE,
    SHEET_LIMIT_MB,
    SheetForm,
    TakeSheetForm,
    chosen_ids,
)
from app.handoffs.inbox_lines import lines_of
from app.handoffs.queries import MINISTRY_ROLES
from app.handoffs.routes.blueprint import Answer, blueprint
from app.handoffs.services.sheet_replies import note_sheet, take_replies
from app.handoffs.sheets.judging import JudgedSheet, RowKind, judge_sheet
from app.handoffs.sheets.reading import MOST_ROWS, as_text, read_sheet
from app.handoffs.sheets.writing import reply_sheet, sheet_handoffs
from app.rounds.choice import chosen_round

NOTHING_CHOSEN = "表にする案件を選んでください。"
KEPT = "{count}件の下書きを保存しました。まだ送っていません。"
SENT = "{count}件の回答を事務局に送りました。送った文は変えられません。"


@blueprint.get("/handoffs/sheet")
@roles(*MINISTRY_ROLES)
def sheet() -> str:
    """What can be answered by Excel now, and where the sheet comes back (Excelで回答する)."""
    return _sheet_page(SheetForm(formdata=None))


@blueprint.post("/handoffs/sheet/download")
@roles(*MINISTRY_ROLES)
def download_sheet() -> Response:
    """Take the ticked hand-offs out as a sheet (回答の表の保存)."""
    actor = current_actor()
    chosen = chosen_ids(request.form.getlist("chosen"))
    rows = [row for row in sheet_handoffs(actor, chosen_round()) if row.id in chosen]
    if not rows:
        flash(NOTHING_CHOSEN, "error")
        return redirect(url_for("handoffs.sheet"))
    answer = make_response(reply_sheet(rows, _key()))
    answer.headers["Content-Type"] = XLSX_TYPE
    name = f"回答の表_{clock.today():%Y%m%d}.xlsx"
    answer.headers["Content-Disposition"] = disposition(name)
    with unit_of_work():
        note_sheet(rows, actor=actor)
    return answer


@blueprint.post("/handoffs/sheet")
@roles(*MINISTRY_ROLES)
@takes_files(SHEET_LIMIT_MB * MEGABYTE)
def check_sheet() -> Answer:
    """Say of each row what it would do; nothing is kept (回答の表の確認)."""
    form = SheetForm()
    if form.validate():
        try:
            judged = judge_sheet(read_sheet(form.name, form.content), current_actor(), _key())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _check_page(judged), 422 if judged.faulty else 200
    return _sheet_page(form), 422


@blueprint.post("/handoffs/sheet/take")
@roles(*MINISTRY_ROLES)
@takes_files(SHEET_LIMIT_MB * MEGABYTE)
def take_sheet() -> Answer:
    """Keep what was looked at as drafts, or send it (回答の表の取込み): all rows or none."""
    actor = current_actor()
    form = TakeSheetForm()
    try:
        judged = judge_sheet(form.shown_rows(), actor, _key())
        if not judged.can_take or (form.sends and not judged.can_send):
            return _check_page(judged), 409 if judged.of_kind(RowKind.STALE) else 422
        with unit_of_work():
            take_replies(judged.replies(), sends=form.sends, actor=actor)
    except InvalidInput as error:
        again = SheetForm(formdata=None)
        again.add_errors(error.errors)
        return _sheet_page(again), 422
    said = SENT if form.sends else KEPT
    flash(said.format(count=len(judged.changed)), "status")
    return redirect(url_for("handoffs.index"))


def _sheet_page(form: SheetForm) -> str:
    actor: User = current_actor()
    return render_template(
        "handoffs/desk/sheet.html",
        form=form,
        lines=lines_of(sheet_handoffs(actor, chosen_round())),
        limits=(SHEET_LIMIT_MB, MOST_ROWS),
        is_coordinator=actor.has_role(Role.MINISTRY_COORDINATOR),
    )


def _check_page(judged: JudgedSheet) -> str:
    rows = [row.row for row in judged.changed]
    return render_template(
        "handoffs/desk/sheet_check.html", judged=judged, kinds=RowKind, rows=as_text(rows)
    )


def _key() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()
