"""Cases and register rows of a candidate (対象候補の根拠)."""

from flask import render_template

from app.accounts.current import current_actor
from app.candidates.forms.link import LinkByNumberForm, ReasonForm, RegisterRowForm
from app.candidates.models import Candidate
from app.candidates.policy import authorize_case, authorize_gather
from app.candidates.queries import get_link, get_visible_candidate, register_rows_of
from app.candidates.routes.blueprint import DESK, Answer, blueprint
from app.candidates.routes.lists import back_to
from app.candidates.services.link import (
    LinkCase,
    add_register_row,
    link_case,
    remove_register_row,
    unlink_case,
)
from app.core.access import roles
from app.core.errors import IllegalTransition, InvalidInput, NotFound
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work
from app.proposals.queries import get_visible
from app.registers.models import REGISTER_LABELS
from app.registers.queries import all_entries
from app.triage.routes.case import carried_out
from app.triage.routes.desk import grouped_entries


@blueprint.route("/candidates/<int:candidate_id>/cases/new", methods=["GET", "POST"])
@roles(*DESK)
def link(candidate_id: int) -> Answer:
    """Link a case to the candidate by its number (案件をつなぐ)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_gather(actor)
    form = LinkByNumberForm()

    def work() -> None:
        try:
            proposal = get_visible(actor, form.receipt_number.data or "")
            link_case(candidate, proposal, LinkCase(reason=form.reason.data or ""), actor=actor)
        except (NotFound, IllegalTransition) as error:
            raise InvalidInput({"receipt_number": [error.message]}) from error

    if carried_out(form, work):
        return back_to(candidate, f"{form.receipt_number.data}をこの対象候補につなぎました。")
    return _page("candidates/link.html", candidate, form)


@blueprint.route(
    "/candidates/<int:candidate_id>/cases/<receipt_number>/remove", methods=["GET", "POST"]
)
@roles(*DESK)
def unlink(candidate_id: int, receipt_number: str) -> Answer:
    """Take a case off the candidate (つながりを外す)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    proposal = get_visible(actor, receipt_number)
    authorize_case(actor, proposal)
    linked = get_link(candidate, proposal)
    form = ReasonForm()
    if carried_out(
        form,
        lambda: unlink_case(candidate, proposal, reason=form.reason.data or "", actor=actor),
    ):
        return back_to(candidate, f"{receipt_number}をこの対象候補から外しました。")
    return _page("candidates/unlink.html", candidate, form, proposal=proposal, link=linked)


@blueprint.route("/candidates/<int:candidate_id>/register-rows", methods=["GET", "POST"])
@roles(*DESK)
def rows(candidate_id: int) -> Answer:
    """Rows of the registers the candidate rests on (台帳の行)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_gather(actor)
    form = RegisterRowForm(entry_groups=grouped_entries(all_entries()))
    if carried_out(form, lambda: add_register_row(candidate, form.chosen_id(), actor=actor)):
        return back_to(candidate, "台帳の行を加えました。")
    return _page("candidates/rows.html", candidate, form, rows=register_rows_of(candidate))


@blueprint.post("/candidates/<int:candidate_id>/register-rows/<int:entry_id>/remove")
@roles(*DESK)
def remove_row(candidate_id: int, entry_id: int) -> Answer:
    """Take a row of a register off the candidate (台帳の行を外す)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_gather(actor)
    with unit_of_work():
        remove_register_row(candidate, entry_id, actor=actor)
    return back_to(candidate, "台帳の行を外しました。")


def _page(template: str, candidate: Candidate, form: JaForm, **more: object) -> Answer:
    page = render_template(
        template, candidate=candidate, form=form, register_labels=REGISTER_LABELS, **more
    )
    return page, 422 if form.errors or form.form_errors else 200
