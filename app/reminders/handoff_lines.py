"""Dates of hand-offs, views and plans in the digest (送付・見解・方針の期限のまとめ).

Practice rounds are left out (A14), and every line starts from what the person may see: a body is
told of a view only, which a release asks for, and of no hand-off (P26).
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.handoffs.models import BodyView, Handoff
from app.handoffs.queries import handoffs_visible_to
from app.handoffs.received import received
from app.handoffs.recipients import coordinators_of
from app.plans.models import PlanStatus
from app.plans.queries import plans_due
from app.proposals.models import Proposal
from app.proposals.presentation import due_on
from app.proposals.queries import is_of_body
from app.reminders.lines import DigestLine, Found, Group, group_of, path_of
from app.rounds.models import Round
from app.workflow.handoffs import (
    OWED_HANDOFF_STATES,
    HandoffPurpose,
    HandoffState,
)


def ministry_lines(person: User) -> Found:
    """What a ministry owes (府省庁の期限): told to the assignee and to its coordinators."""
    reached: dict[int, list[int]] = {}
    found: Found = []
    for handoff in received(person, None):
        if handoff.state not in OWED_HANDOFF_STATES or handoff.due_on is None:
            continue
        group = group_of(handoff.due_on, office_calendar())
        if group is not None and _is_told(person, handoff, reached):
            found.append((group, _ministry_line(handoff)))
    return found


def settlement_lines(person: User) -> Found:
    """Replies the secretariat has to look at (回答の確認), one line for those that come together.

    Nobody has them in hand alone: whoever comes first settles or asks again.
    """
    rows = db.session.scalars(
        handoffs_visible_to(person)
        .join(Proposal.round)
        .where(
            Handoff.state == HandoffState.ANSWERED,
            Handoff.due_on.is_not(None),
            Round.is_practice.is_(False),
        )
        .order_by(Handoff.due_on, Handoff.id)
    )
    piles: dict[tuple[Group, Round], list[Handoff]] = {}
    for row in rows:
        group = group_of(row.due_on, office_calendar()) if row.due_on else None
        if group is not None:
            piles.setdefault((group, row.proposal.round), []).append(row)
    return [(group, _settlement_line(round_, pile)) for (group, round_), pile in piles.items()]


def view_lines(person: User) -> Found:
    """Views that are awaited from the person's body (見解の期限), by the calendar of the body."""
    calendar = person.organization.acting_on(clock.today()).calendar()
    found: Found = []
    for view in _awaited_views(person):
        group = group_of(view.due_on, calendar)
        if group is not None:
            path = f"{path_of(view.proposal)}/view"
            due = due_on(view.due_on, calendar)
            line = DigestLine(view.proposal.reference, "回答への見解を提出する", due, path)
            found.append((group, line))
    return found


def plan_lines(person: User) -> Found:
    """Plans that wait for this person (方針の期限)."""
    found: Found = []
    for plan in plans_due(person):
        group = group_of(plan.due_on, office_calendar())
        if group is not None:
            is_written = plan.status is PlanStatus.DRAFT
            todo = "共通化推進方針を提出する" if is_written else "共通化推進方針を確認する"
            path = f"/candidates/{plan.candidate_id}/plan"
            line = DigestLine(plan.candidate.name, todo, due_on(plan.due_on), path)
            found.append((group, line))
    return found


def _is_told(person: User, handoff: Handoff, reached: dict[int, list[int]]) -> bool:
    if handoff.assignee_id == person.id:
        return True
    destination = handoff.destination
    if destination.id not in reached:
        reached[destination.id] = [user.id for user in coordinators_of(destination)]
    return person.id in reached[destination.id]


def _ministry_line(handoff: Handoff) -> DigestLine:
    day = handoff.due_on or clock.today()
    path = f"/handoffs/{handoff.id}"
    return DigestLine(handoff.proposal.reference, _ministry_todo(handoff), due_on(day), path)


def _ministry_todo(handoff: Handoff) -> str:
    if handoff.state is HandoffState.SENT:
        is_request = handoff.purpose is HandoffPurpose.REQUEST
        return "受領する" if is_request else "受領する（情報提供）"
    return "回答を送る" if handoff.round_number == 1 else "再検討の回答を送る"


def _settlement_line(round_: Round, pile: Sequence[Handoff]) -> DigestLine:
    days = [row.due_on for row in pile if row.due_on is not None]
    todo = "府省庁の回答を確かめる"
    if len(pile) == 1:
        case = pile[0].proposal
        return DigestLine(case.reference, todo, due_on(days[0]), f"{path_of(case)}/handoffs")
    return DigestLine(
        reference=f"{round_.label}の回答{len(pile)}件",
        todo=todo,
        due=due_on(min(days)),
        path=f"/handoffs?state={HandoffState.ANSWERED.value}&round={round_.key}",
        cases=len(pile),
    )


def _awaited_views(person: User) -> Iterable[BodyView]:
    return db.session.scalars(
        select(BodyView)
        .join(BodyView.proposal)
        .join(Proposal.round)
        .where(
            is_of_body(person),
            BodyView.filed_at.is_(None),
            BodyView.lapsed_at.is_(None),
            Round.is_practice.is_(False),
        )
        .order_by(BodyView.due_on, BodyView.id)
    )
