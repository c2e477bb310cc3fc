"""Taking proposals out (提案の出力), and the official form (様式)."""

from flask import render_template, request

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core import clock
from app.core.access import roles, signed_in
from app.core.tabular import XLSX_TYPE, Table
from app.core.unit_of_work import unit_of_work
from app.exchange.export_table import export_table
from app.exchange.export_view import view_of
from app.exchange.files import ExportFormat, export_file
from app.exchange.forms import ExportForm, TakeOut
from app.exchange.official_form import official_form
from app.exchange.routes.blueprint import Answer, blueprint
from app.exchange.routes.downloads import as_download, as_streamed_download
from app.exchange.services.exports import note_export
from app.extensions import db
from app.proposals.policy import can_draft
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.reports.cp932 import LostLetter, lost_letters
from app.reports.files import ReportFile
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round, list_rounds

LETTERS_SHOWN = 500


@blueprint.route("/proposals/export", methods=["GET", "POST"])
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def export() -> Answer:
    """Take the proposals of a round out as a file (提案の出力)."""
    actor = current_actor()
    form = ExportForm(rounds=_rounds_for(actor))
    if not form.validate_on_submit():
        return _export_page(form, actor), 422 if form.is_submitted() else 200
    command = form.to_command()
    view = view_of(actor, command.round, with_contact=command.with_contact)
    table = export_table(command.round, view)
    if command.format is ExportFormat.CSV_CP932 and not command.is_replacing:
        lost = lost_letters(table)
        if lost:
            return _lost_page(command, table, lost), 422
    made = export_file(
        command.round,
        table,
        command.format,
        produced_at=clock.now(),
        produced_by=actor.label,
    )
    try:
        with unit_of_work():
            note_export(
                command.round, table, command.format, actor=actor, with_contact=view.with_contact
            )
    except BaseException:
        made.file.close()
        raise
    return as_streamed_download(made)


def _rounds_for(actor: User) -> list[Round]:
    """Rounds whose proposals the actor may take out, the one that was asked for in front."""
    is_inner = reads_as_secretariat(actor)
    found = [
        row
        for row in db.session.scalars(list_rounds())
        if row.has_opened() and not (is_inner and row.is_practice)
    ]
    wanted = request.args.get("round", "") or getattr(chosen_round(), "key", "")
    return sorted(found, key=lambda row: row.key != wanted)


def _export_page(form: ExportForm, actor: User) -> str:
    return render_template(
        "exchange/export.html",
        form=form,
        is_inner=reads_as_secretariat(actor),
        can_import=can_draft(actor),
    )


def _lost_page(command: TakeOut, table: Table, lost: list[LostLetter]) -> str:
    return render_template(
        "exchange/lost_letters.html",
        command=command,
        table=table,
        lost=lost[:LETTERS_SHOWN],
        count=len(lost),
    )


@blueprint.get("/rounds/<key>/form.xlsx")
@signed_in
def form_file(key: str) -> Answer:
    """Download the official form of a round (様式), with the reader's body filled in."""
    actor = current_actor()
    round_ = get_round(key)
    body = actor.organization if can_draft(actor) else None
    return as_download(
        ReportFile(
            content=official_form(round_, body),
            content_type=XLSX_TYPE,
            ascii_name="form.xlsx",
            name=f"提案様式_{round_.label}.xlsx",
        )
    )
