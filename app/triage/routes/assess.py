"""The triage desk (仕分けの机): text, guide and opinion on one page; the lead's decision too."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.posted_form import will_lead_to
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.rounds.queries import available_categories
from app.suggestions.engine import suggest
from app.triage.blindness import readable_opinions
from app.triage.forms.assess import AssessForm
from app.triage.models import Assessment
from app.triage.policy import available_actions, can_decline
from app.triage.queries import awaits_lead, disputed_assessments
from app.triage.routes import desk
from app.triage.routes.blueprint import blueprint
from app.triage.routes.candidates import candidates_of
from app.triage.routes.case import (
    Answer,
    carried_out,
    case_page,
    concluded,
    flash_with_link,
    open_case,
)
from app.triage.routes.case_summary import summarized
from app.triage.routes.claims import NOTHING_LEFT, claimed_next, queue_url
from app.triage.routes.opinion_draft import draft_words
from app.triage.routes.opinion_page import opinion_context, opinion_form
from app.triage.routes.work_frame import PILE_LABELS, work_url
from app.triage.services import assess as services
from app.triage.worklist import Pile, WorkItem
from app.workflow.states import Action, State

SHOW_RESULT = "show_result"
THEN_NEXT = "next"


@blueprint.route("/proposals/<receipt_number>/assess", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def assess(receipt_number: str) -> Answer:
    """Give an opinion (仕分け意見), or decide as lead after a second dispute."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ASSESS)
    is_decision = awaits_lead(proposal)
    categories = available_categories(proposal.round)
    form = opinion_form(proposal, actor)
    pile = Pile.SECOND_DISPUTE if is_decision else Pile.REVIEW
    # Found before the transaction: nobody waits for a lock while sentences are read.
    suggested = suggest(proposal) if form.is_submitted() else []

    def work() -> str:
        services.assess(proposal, form.to_command(suggested), actor=actor)
        return _done_words(proposal)

    if SHOW_RESULT not in request.form:
        is_next = request.form.get("then") == THEN_NEXT
        conclude = _concluded_with_next if is_next else concluded
        if done := conclude(form, proposal, work, pile):
            return done
    form.gather_evidence()
    return desk_page(proposal, form, categories, actor, is_decision=is_decision)


def _concluded_with_next(
    form: AssessForm, proposal: Proposal, work: Callable[[], str], pile: Pile
) -> Response | None:
    """Do the work, claim the next case of the pile and go on to it (次の1件); None when refused."""
    actor = current_actor()
    said: list[str] = []
    places: list[str] = []
    following: list[WorkItem] = []

    def work_and_claim() -> None:
        said.append(work())
        following.extend(claimed_next(actor, proposal.round, pile))
        places.append(work_url(following[0]) if following else queue_url(proposal.round, pile))
        will_lead_to(places[0])

    if not carried_out(form, work_and_claim):
        return None
    flash_with_link(said[0], proposal)
    if not following:
        flash(NOTHING_LEFT.format(pile=PILE_LABELS[pile]), "info")
    return redirect(places[0])


def _done_words(proposal: Proposal) -> str:
    if proposal.state is State.IN_CONFIRMATION:
        return f"{proposal.reference}の仕分け意見を登録しました。次は、ほかの担当者が確認します。"
    code = proposal.category.code if proposal.category else ""
    return f"{proposal.reference}を分類{code}に決めました。分類が確定しました。"


def desk_page(
    proposal: Proposal,
    form: AssessForm,
    categories: list[Category],
    actor: User,
    *,
    is_decision: bool,
    template: str = "triage/assess.html",
) -> Answer:
    """Show the desk with what was typed (仕分けの机); the second person has one of its own."""
    found = candidates_of(proposal, form, actor)
    sections = desk.text_sections(proposal, desk.evidence_quotes(form), found.quotes())
    return case_page(
        template,
        proposal,
        form,
        is_decision=is_decision,
        is_final=is_decision or proposal.round.reviewers_required == 1,
        opinions=_earlier(proposal, actor, is_decision=is_decision),
        status_words=desk.STATUS_WORDS,
        **opinion_context(proposal, form, categories, found),
        entry_groups=desk.grouped_entries(found.entries),
        evidence_codes=[row.code for row in categories if row.is_evidence_required],
        text=summarized(proposal, sections),
        judge_url=url_for("triage.judge_suggestion", receipt_number=proposal.receipt_number),
        facts=desk.text_facts(proposal),
        ministry_hint=found.ministry_hint(proposal),
        others=_other_actions(proposal, actor),
        can_decline=can_decline(actor, proposal) and not is_decision,
        draft_words=draft_words(actor, proposal),
    )


def _earlier(proposal: Proposal, actor: User, *, is_decision: bool) -> list[Assessment]:
    """Opinions the page begins with: all the actor may read; for the lead those in dispute."""
    readable = readable_opinions(actor, proposal)
    if not is_decision:
        return readable
    first = {row.id for row in disputed_assessments(proposal)}
    return [row for row in readable if row.id in first or row.first_opinion_id in first]


def _other_actions(proposal: Proposal, actor: User) -> list[Action]:
    possible = available_actions(actor, proposal)
    return [action for action in (Action.HOLD, Action.RETURN_FOR_CORRECTION) if action in possible]
