"""The second person's own opinion before reading the first (独立した2人目の意見)."""

from flask import redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import IllegalTransition
from app.proposals.models import Proposal
from app.rounds.queries import available_categories
from app.suggestions.engine import suggest
from app.triage.blindness import is_blind_for
from app.triage.queries import NO_OPEN_ASSESSMENT, awaits_lead, open_assessment
from app.triage.routes.assess import SHOW_RESULT, desk_page
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, concluded, open_case
from app.triage.routes.opinion_page import opinion_form
from app.triage.services.confirm import give_second_opinion
from app.triage.worklist import Pile
from app.workflow.states import Action, State


@blueprint.route("/proposals/<receipt_number>/second-opinion", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def second_opinion(receipt_number: str) -> Answer:
    """Give the second opinion without having read the first (独立した2人目の意見)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.CONFIRM)
    if request.method == "GET" and not is_blind_for(actor, proposal):
        return redirect(url_for("triage.confirm", receipt_number=receipt_number))
    form = opinion_form(proposal, actor)
    assessment_id = _waiting_id(proposal)
    # Found before the transaction: nobody waits for a lock while sentences are read.
    suggested = suggest(proposal) if form.is_submitted() else []

    def work() -> str:
        command = form.to_command(suggested)
        give_second_opinion(proposal, command, assessment_id=assessment_id, actor=actor)
        return _done_words(proposal)

    record = url_for("casework.triage_record", receipt_number=receipt_number)
    if SHOW_RESULT not in request.form and (
        done := concluded(form, proposal, work, Pile.CONFIRMATION, leads_to=record)
    ):
        return done
    form.gather_evidence()
    categories = available_categories(proposal.round)
    template = "triage/second_opinion.html"
    return desk_page(proposal, form, categories, actor, is_decision=False, template=template)


def _waiting_id(proposal: Proposal) -> int:
    """Id of the opinion that waits. The version of the case tells whether it is the same one."""
    waiting = open_assessment(proposal)
    if waiting is None:
        raise IllegalTransition(NO_OPEN_ASSESSMENT)
    return waiting.id


def _done_words(proposal: Proposal) -> str:
    number = proposal.reference
    if proposal.state is State.CLASSIFIED:
        code = proposal.category.code if proposal.category else ""
        return f"{number}の意見を登録しました。2人の分類が一致し、分類{code}が確定しました。"
    after = "次は総括が決めます。" if awaits_lead(proposal) else "仕分けに戻りました。"
    return f"{number}の意見を登録しました。2人の分類が一致しません（不一致）。{after}"
