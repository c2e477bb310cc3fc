"""From the page of a case: its candidates, or why it has none (案件の対象候補)."""

from flask import redirect
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.candidates.forms.link import LinkForm, ReasonForm
from app.candidates.policy import authorize_case, authorize_exempt, authorize_link
from app.candidates.queries import candidates_to_choose, exemption_of, links_of
from app.candidates.routes.blueprint import DESK, Answer, blueprint
from app.candidates.services.link import (
    ALREADY_LINKED,
    LinkCase,
    exempt_case,
    link_case,
)
from app.candidates.services.link import withdraw_exemption as take_back
from app.core.access import roles
from app.core.errors import IllegalTransition, InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.queries import get_visible
from app.triage.routes.case import carried_out, case_page, case_url, flash_done


@blueprint.route("/proposals/<receipt_number>/candidates/new", methods=["GET", "POST"])
@roles(*DESK)
def link_from_case(receipt_number: str) -> Answer:
    """Link the case to a candidate (対象候補につなぐ)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_link(actor, proposal)
    offered = {row.id: row for row in candidates_to_choose(proposal)}
    form = LinkForm(candidates=list(offered.values()))

    def work() -> None:
        chosen = offered.get(form.chosen_id() or 0)
        if chosen is None:
            raise InvalidInput({"candidate_id": ["対象候補を一覧から選んでください"]})
        link_case(chosen, proposal, LinkCase(reason=form.reason.data or ""), actor=actor)

    if carried_out(form, work):
        chosen = offered[form.chosen_id() or 0]
        flash_done(f"{proposal.reference}を対象候補「{chosen.name}」につなぎました。")
        return redirect(case_url(proposal))
    return case_page("candidates/link_from_case.html", proposal, form, has_any=bool(offered))


@blueprint.route("/proposals/<receipt_number>/no-candidate", methods=["GET", "POST"])
@roles(*DESK)
def exempt(receipt_number: str) -> Answer:
    """Say why the case leads to no candidate (対象候補がない理由)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_exempt(actor, proposal)
    if links_of(proposal):
        raise IllegalTransition(ALREADY_LINKED)
    given = exemption_of(proposal)
    form = ReasonForm(reason=given.reason if given else "")
    if carried_out(form, lambda: exempt_case(proposal, reason=form.reason.data or "", actor=actor)):
        flash_done(f"{proposal.reference}に対象候補がない理由を記録しました。")
        return redirect(case_url(proposal))
    return case_page("candidates/exempt.html", proposal, form)


@blueprint.post("/proposals/<receipt_number>/no-candidate/withdraw")
@roles(*DESK)
def withdraw_exemption(receipt_number: str) -> Response:
    """Take the reason for none back (理由の取消し)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_case(actor, proposal)
    with unit_of_work():
        take_back(proposal, actor=actor)
    flash_done(f"{proposal.reference}に対象候補がない理由を取り消しました。")
    return redirect(case_url(proposal))
