"""Assignment of reviewers by a lead (担当割当)."""

from typing import NamedTuple

from flask import request

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.proposals.lifecycle import check_version
from app.proposals.models import ConflictKind, ConflictOfInterest, Proposal
from app.proposals.presentation import due_on
from app.proposals.queries import get_visible
from app.triage import queries
from app.triage.blindness import hides_class
from app.triage.forms.decide import AssignForm, DeclineForm
from app.triage.loads import overdue_case_counts
from app.triage.planning import desk_of
from app.triage.reviewers import skill_tags, tag_labels
from app.triage.routes import desk
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    case_page,
    concluded,
    open_case,
)
from app.triage.services import assign as services
from app.triage.services.decline import check_declinable, decline_assignment
from app.triage.worklist import Pile
from app.workflow.states import Action
from app.workflow.terms import Term

CONFLICT_WORDS = {
    ConflictKind.DECLARED: "利益相反の申告があるため",
    ConflictKind.SECONDED: "提案団体からの出向者のため",
}


class ReviewerRow(NamedTuple):
    """A reviewer with the work in hand (担当の候補).

    `obstacle` says why nobody may choose this person, `caution` what speaks against it.
    """

    reviewer: User
    cases: int
    overdue: int
    cap: int | None
    skills: str
    obstacle: str
    caution: str
    is_chosen: bool


@blueprint.route("/proposals/<receipt_number>/assign", methods=["GET", "POST"])
@roles(Role.LEAD)
def assign(receipt_number: str) -> Answer:
    """Give a case to its reviewers (担当割当)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ASSIGN)
    form = AssignForm(version=proposal.version, reviewer_ids=_present(proposal))

    def work() -> str:
        chosen = services.assign(proposal, form.to_command(), actor=actor)
        names = [user.display_name for user in chosen]
        day = f"期限は{format_date(proposal.due_on)}です。" if proposal.due_on else ""
        return f"{receipt_number}を{'、'.join(names)}に割り当てました。仕分けの{day}"

    return concluded(form, proposal, work, Pile.ASSIGNMENT) or _page(proposal, form)


def _present(proposal: Proposal) -> list[int]:
    """Whom the form shows as chosen at first (今の担当); a form that was sent says it itself."""
    if request.method == "POST":
        return []
    return [row.reviewer_id for row in queries.current_assignments(proposal)]


@blueprint.route("/proposals/<receipt_number>/decline", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def decline(receipt_number: str) -> Answer:
    """Give an assignment back with a reason (担当の返上)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    opened = request.form.get("version", type=int)
    if opened is not None:
        check_version(proposal, opened)
    check_declinable(proposal, actor=actor)
    form = DeclineForm(version=proposal.version)

    def work() -> str:
        decline_assignment(proposal, form.to_command(), actor=actor)
        return f"{receipt_number}の担当を返上しました。総括が割り当て直します。"

    done = concluded(form, proposal, work, Pile.REVIEW)
    return done or case_page("triage/decline.html", proposal, form)


def _page(proposal: Proposal, form: AssignForm) -> Answer:
    review_days = proposal.round.office_days(Term.REVIEW)
    return case_page(
        "triage/assign.html",
        proposal,
        form,
        reviewers=_reviewer_rows(proposal, form.reviewer_ids.data or []),
        review_by=due_on(office_calendar().add_office_days(clock.today(), review_days)),
        waiting=queries.open_assessment(proposal),
        is_class_hidden=hides_class(current_actor(), proposal),
        is_reassignment=bool(queries.current_assignments(proposal)),
        sections=desk.text_sections(proposal),
        facts=desk.text_facts(proposal),
    )


def _reviewer_rows(proposal: Proposal, chosen: list[int]) -> list[ReviewerRow]:
    actor, round_ = current_actor(), proposal.round
    desk_now = desk_of(actor, round_, [proposal])
    overdue = overdue_case_counts(actor, round_)
    conflicts = queries.conflicts_with(proposal)
    tags = skill_tags()
    return [
        ReviewerRow(
            reviewer=row.user,
            cases=row.cases,
            overdue=overdue.get(row.user.id, 0),
            cap=row.cap,
            skills="、".join(tag_labels(tags, row.skills)),
            obstacle=_obstacle(conflicts.get(row.user.id)),
            caution=desk_now.obstacle(row, proposal),
            is_chosen=row.user.id in chosen,
        )
        for row in desk_now.reviewers
    ]


def _obstacle(conflict: ConflictOfInterest | None) -> str:
    if conflict is None:
        return ""
    return f"{CONFLICT_WORDS[conflict.kind]}選べません（{conflict.reason}）"
