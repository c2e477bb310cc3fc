"""Pages of the follow-up by class (後続対応の画面)."""

from typing import NamedTuple

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.numbered_pages import cut_page
from app.core.tabular import XLSX_TYPE, Table, to_csv, to_xlsx
from app.follow_ups import services
from app.follow_ups.forms import NoteForm, OutcomeForm
from app.follow_ups.listing import (
    FollowUpList,
    follow_up_list,
    follow_up_table,
    process_lines,
    reference_lines,
    reference_table,
    step_url,
)
from app.follow_ups.models import OUTCOME_STATUS_LABELS
from app.follow_ups.policy import DESK, authorize_note, can_record_outcomes
from app.follow_ups.queries import cases_resting_on, note_of, outcomes_of
from app.follow_ups.steps import PROGRESS_LABELS, PROGRESS_TONES, Progress
from app.proposals.queries import SECRETARIAT_ROLES, get_visible
from app.registers.models import Register
from app.registers.queries import get_entry
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.triage.routes.case import Answer, carried_out, case_page, case_url, flash_done

blueprint = Blueprint("follow_ups", __name__)

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX_TYPE,
}
PAGE_SIZE = 100
UNKNOWN_FORMAT = "この形式では出力できません。xlsx か csv を指定してください"
NO_ROUND = "募集回がまだないため、出力するものがありません"


class Asked(NamedTuple):
    """What the address asks for (絞り込み): a class by its key, how far."""

    category: str
    progress: Progress | None


@blueprint.get("/follow-ups")
@roles(*SECRETARIAT_ROLES)
def index() -> str:
    """What follows by class, and how far it is (後続対応)."""
    actor = current_actor()
    round_ = chosen_round()
    if round_ is None:
        return render_template("follow_ups/no_round.html")
    found = follow_up_list(actor, round_)
    asked = _asked(round_)
    lines = found.filtered(*asked)
    return render_template(
        "follow_ups/index.html",
        round=round_,
        found=found,
        narrowed=len(lines),
        page=cut_page(lines, request.args, size=PAGE_SIZE),
        asked=asked,
        counts={row.value: found.count(row) for row in Progress},
        labels=PROGRESS_LABELS,
        tones=PROGRESS_TONES,
        step_url=step_url,
        may_write=actor.has_role(*DESK),
    )


@blueprint.get("/follow-ups/export")
@roles(*SECRETARIAT_ROLES)
def export() -> Response:
    """The list as a file, `?format=xlsx` or `csv`, with the filters of the page (出力)."""
    round_, found = _found()
    lines = found.filtered(*_asked(round_))
    return _file(follow_up_table(lines, round_), "follow-ups")


@blueprint.get("/follow-ups/reference")
@roles(*SECRETARIAT_ROLES)
def reference() -> str:
    """Cases for later study with their notes (参考リスト), to read and to print."""
    round_ = chosen_round()
    if round_ is None:
        return render_template("follow_ups/no_round.html")
    return render_template(
        "follow_ups/reference.html",
        round=round_,
        lines=reference_lines(follow_up_list(current_actor(), round_)),
        may_write=current_actor().has_role(*DESK),
    )


@blueprint.get("/follow-ups/reference/export")
@roles(*SECRETARIAT_ROLES)
def export_reference() -> Response:
    """The list for later study as a file (参考リストの出力)."""
    round_, found = _found()
    return _file(reference_table(reference_lines(found), round_), "reference")


@blueprint.get("/follow-ups/bunken")
@roles(*SECRETARIAT_ROLES)
def outcomes() -> str:
    """Rows of 分権提案 that cases rest on, with their outcomes (分権提案の結果)."""
    round_ = chosen_round()
    if round_ is None:
        return render_template("follow_ups/no_round.html")
    return render_template(
        "follow_ups/outcomes.html",
        round=round_,
        lines=process_lines(follow_up_list(current_actor(), round_)),
        may_write=can_record_outcomes(current_actor()),
    )


@blueprint.route("/follow-ups/bunken/<int:number>", methods=["GET", "POST"])
@roles(*SECRETARIAT_ROLES)
def outcome(number: int) -> Answer:
    """Outcome of one row for all its cases, and its versions (分権提案の結果の記録)."""
    actor = current_actor()
    entry = get_entry(Register.BUNKEN, number)
    versions = outcomes_of(entry)
    newest = versions[0] if versions else None
    form = OutcomeForm(version=newest.number if newest else 0)
    if carried_out(form, lambda: services.record_outcome(entry, form.to_command(), actor=actor)):
        flash_done("結果を記録しました。この行に結び付くすべての案件の画面に出ます。")
        return redirect(url_for("follow_ups.outcome", number=number))
    here = chosen_round()
    page = render_template(
        "follow_ups/outcome.html",
        entry=entry,
        form=form,
        versions=versions,
        labels=OUTCOME_STATUS_LABELS,
        cases=cases_resting_on(entry, actor, is_practice=bool(here and here.is_practice)),
        may_write=can_record_outcomes(actor),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/proposals/<receipt_number>/study-note", methods=["GET", "POST"])
@roles(*DESK)
def study_note(receipt_number: str) -> Answer:
    """Write what later study should look at (参考リストのメモ)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_note(actor, proposal)
    note = note_of(proposal)
    form = NoteForm(version=note.version if note else 0, text=note.text if note else "")
    if carried_out(form, lambda: services.write_note(proposal, form.to_command(), actor=actor)):
        flash_done(f"{proposal.reference}のメモを保存しました。参考リストに出ます。")
        return redirect(case_url(proposal))
    return case_page("follow_ups/study_note.html", proposal, form, has_note=note is not None)


def _found() -> tuple[Round, FollowUpList]:
    round_ = chosen_round()
    if round_ is None:
        raise InvalidInput({"round": [NO_ROUND]})
    return round_, follow_up_list(current_actor(), round_)


def _asked(round_: Round) -> Asked:
    """Filters of the address; what they do not know is left out."""
    key, progress = request.args.get("category", ""), request.args.get("progress", "")
    known = {row.key for row in round_.scheme.categories}
    return Asked(
        category=key if key in known else "",
        progress=Progress(progress) if progress in list(Progress) else None,
    )


def _file(table: Table, name: str) -> Response:
    form = request.args.get("format", "xlsx")
    if form not in CONTENT_TYPES:
        raise InvalidInput({"format": [UNKNOWN_FORMAT]})
    content = (
        to_csv(table, bom=True)
        if form == "csv"
        else to_xlsx(table, produced_at=clock.now(), produced_by=current_actor().label)
    )
    answer = make_response(content)
    answer.headers["Content-Type"] = CONTENT_TYPES[form]
    file_name = f"{name}_{clock.today():%Y%m%d}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
