"""The triage desk (仕分けの机): text, guide and opinion on one page; the lead's decision too."""

from flask import redirect, request

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.proposals.models import Proposal
from app.registers.queries import all_entries
from app.rounds.models import Category
from app.rounds.queries import available_categories
from app.triage import guide
from app.triage.forms.assess import AssessForm
from app.triage.policy import available_actions
from app.triage.queries import assessments_of, awaits_lead, disputed_assessments
from app.triage.routes import desk
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    carried_out,
    case_page,
    case_url,
    flash_done,
    next_item,
    open_case,
    pile_of_round,
    work_url,
)
from app.triage.services import assess as services
from app.triage.worklist import Pile
from app.workflow.states import Action, State

SHOW_RESULT = "show_result"


@blueprint.route("/proposals/<receipt_number>/assess", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def assess(receipt_number: str) -> Answer:
    """Give an opinion (仕分け意見), or decide as lead after a second dispute."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ASSESS)
    is_decision = awaits_lead(proposal)
    categories = available_categories(proposal.round)
    form = AssessForm(version=proposal.version, categories=categories)
    if SHOW_RESULT not in request.form and carried_out(
        form, lambda: services.assess(proposal, form.to_command(), actor=actor)
    ):
        pile = Pile.SECOND_DISPUTE if is_decision else Pile.REVIEW
        flash_done(_done_words(proposal), next_item(actor, proposal, pile))
        return redirect(case_url(proposal))
    form.gather_evidence()
    return _page(proposal, form, categories, actor, is_decision=is_decision)


def _done_words(proposal: Proposal) -> str:
    if proposal.state is State.IN_CONFIRMATION:
        return f"{proposal.reference}の仕分け意見を登録しました。次は、ほかの担当者が確認します。"
    code = proposal.category.code if proposal.category else ""
    return f"{proposal.reference}を分類{code}に決めました。分類が確定しました。"


def _page(
    proposal: Proposal,
    form: AssessForm,
    categories: list[Category],
    actor: User,
    *,
    is_decision: bool,
) -> Answer:
    entries = all_entries()
    answers = form.given_answers()
    by_key = {row.key: row for row in categories}
    return case_page(
        "triage/assess.html",
        proposal,
        form,
        is_decision=is_decision,
        is_final=is_decision or proposal.round.reviewers_required == 1,
        opinions=disputed_assessments(proposal) if is_decision else assessments_of(proposal),
        status_words=desk.STATUS_WORDS,
        answer_lines=guide.answer_lines,
        has_guide=guide.is_guide_for(by_key),
        first_rows=desk.guide_rows(guide.FIRST_QUESTIONS, form, proposal, entries),
        second_rows=desk.guide_rows(guide.SECOND_QUESTIONS, form, proposal, entries),
        suggested=by_key.get(guide.suggest(answers) or ""),
        is_answered=bool(answers),
        missing=guide.next_question(answers),
        also_met=guide.also_met(answers),
        entry_groups=desk.grouped_entries(entries),
        evidence_codes=[row.code for row in categories if row.is_evidence_required],
        sections=desk.text_sections(proposal, desk.evidence_quotes(form)),
        facts=desk.text_facts(proposal),
        others=_other_actions(proposal, actor),
        neighbours=_neighbours(proposal, actor),
    )


def _other_actions(proposal: Proposal, actor: User) -> list[Action]:
    possible = available_actions(actor, proposal)
    return [action for action in (Action.HOLD, Action.RETURN_FOR_CORRECTION) if action in possible]


def _neighbours(proposal: Proposal, actor: User) -> list[tuple[str, str, str]]:
    """Case before and case after this one in the actor's own pile, as (label, number, url)."""
    pile = pile_of_round(actor, proposal, Pile.REVIEW)
    ids = [item.proposal.id for item in pile]
    if proposal.id not in ids:
        return []
    position = ids.index(proposal.id)
    found = [("前の1件", position - 1), ("次の1件", position + 1)]
    return [
        (label, pile[index].proposal.reference, work_url(pile[index]))
        for label, index in found
        if 0 <= index < len(pile)
    ]
