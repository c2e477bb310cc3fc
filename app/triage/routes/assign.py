"""Assignment of reviewers by a lead (担当割当)."""

from typing import NamedTuple

from flask import redirect

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.core.calendar import DEFAULT_CALENDAR
from app.core.eras import format_date
from app.extensions import db
from app.proposals.models import ConflictKind, ConflictOfInterest, Proposal
from app.proposals.presentation import due_on
from app.triage import queries
from app.triage.forms.decide import AssignForm
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
)
from app.triage.services import assign as services
from app.triage.worklist import Pile
from app.workflow.states import Action
from app.workflow.terms import Term

CONFLICT_WORDS = {
    ConflictKind.DECLARED: "利益相反の申告があるため",
    ConflictKind.SECONDED: "提案団体からの出向者のため",
}


class ReviewerRow(NamedTuple):
    """A reviewer with the work in hand, and why not selectable, if so (担当の候補)."""

    reviewer: User
    cases: int
    overdue: int
    obstacle: str
    is_chosen: bool


@blueprint.route("/proposals/<receipt_number>/assign", methods=["GET", "POST"])
@roles(Role.LEAD)
def assign(receipt_number: str) -> Answer:
    """Give a case to its reviewers (担当割当)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ASSIGN)
    current = [row.reviewer_id for row in queries.current_assignments(proposal)]
    form = AssignForm(version=proposal.version, reviewer_ids=current)
    if carried_out(form, lambda: services.assign(proposal, form.to_command(), actor=actor)):
        names = [row.reviewer.display_name for row in queries.current_assignments(proposal)]
        day = f"期限は{format_date(proposal.due_on)}です。" if proposal.due_on else ""
        flash_done(
            f"{receipt_number}を{'、'.join(names)}に割り当てました。仕分けの{day}",
            next_item(actor, proposal, Pile.ASSIGNMENT),
        )
        return redirect(case_url(proposal))
    return _page(proposal, form)


def _page(proposal: Proposal, form: AssignForm) -> Answer:
    review_days = proposal.round.office_days(Term.REVIEW)
    return case_page(
        "triage/assign.html",
        proposal,
        form,
        reviewers=_reviewer_rows(proposal, form.reviewer_ids.data or []),
        review_by=due_on(DEFAULT_CALENDAR.add_office_days(clock.today(), review_days)),
        waiting=queries.open_assessment(proposal),
        is_reassignment=bool(queries.current_assignments(proposal)),
        sections=desk.text_sections(proposal),
        facts=desk.text_facts(proposal),
    )


def _reviewer_rows(proposal: Proposal, chosen: list[int]) -> list[ReviewerRow]:
    cases, overdue = queries.open_case_counts(), queries.overdue_case_counts()
    conflicts = queries.conflicts_with(proposal)
    return [
        ReviewerRow(
            reviewer=user,
            cases=cases.get(user.id, 0),
            overdue=overdue.get(user.id, 0),
            obstacle=_obstacle(conflicts.get(user.id)),
            is_chosen=user.id in chosen,
        )
        for user in db.session.scalars(queries.reviewers())
    ]


def _obstacle(conflict: ConflictOfInterest | None) -> str:
    if conflict is None:
        return ""
    return f"{CONFLICT_WORDS[conflict.kind]}選べません（{conflict.reason}）"
