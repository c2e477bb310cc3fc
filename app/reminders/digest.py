"""What waits for a person by date (期限のまとめ): read when it is looked at, so always true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.accounts.models import Role, User
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.models import PartnerAnswer, Proposal
from app.proposals.policy import can_answer_joint, can_approve
from app.proposals.presentation import due_on, remaining_calendar, revisit_on
from app.proposals.queries import BODY_ROLES
from app.proposals.sharing.approvals import waiting_approvals
from app.proposals.sharing.partners import joint_requests_to
from app.reminders.handoff_lines import ministry_lines, plan_lines, settlement_lines, view_lines
from app.reminders.lines import DigestLine, Found, Group, group_of, path_of
from app.reminders.queries import corrections_to_do
from app.rounds.models import Round
from app.rounds.queries import closes_at_for
from app.triage.models import Pile
from app.triage.worklist import Waiting, WorkItem, opened, waiting_work
from app.triage.worklist.items import is_back_with
from app.workflow.states import State

# Work that nobody has in hand yet: one line for all of it, not one a case for everybody.
SHARED_PILES = (Pile.FORM_CHECK, Pile.ASSIGNMENT, Pile.CONFIRMATION)
QUEUE_PATH = "/triage"
QUIET_DAYS_SHOWN = 28


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What waits for one person, group by group; groups without anything are left out."""

    groups: tuple[tuple[Group, tuple[DigestLine, ...]], ...]

    @property
    def cases(self) -> int:
        """How many things wait (件数)."""
        return sum(line.cases for _group, lines in self.groups for line in lines)

    def cases_in(self, group: Group) -> int:
        """How many things wait in one group, 0 for a group that is left out."""
        return sum(line.cases for line in dict(self.groups).get(group, ()))


def digest_of(person: User) -> Digest:
    """What waits for a person by now (期限のまとめ); empty for roles that keep no date.

    It starts from what the person may see: no case with a conflict of interest is in it, nor in its
    counts. Practice rounds are left out (A14).
    """
    found: Found = []
    if person.has_role(Role.OFFICER, Role.LEAD):
        found += [*_at_the_desk(person), *settlement_lines(person)]
    if person.has_role(*BODY_ROLES):
        found += [*_corrections(person), *_approvals(person), *_joint_requests(person)]
        found += view_lines(person)
    if person.has_role(*MINISTRY_ROLES):
        found += ministry_lines(person)
    found += plan_lines(person)
    groups = []
    for group in Group:
        lines = [line for where, line in found if where is group]
        if lines:
            groups.append((group, tuple(sorted(lines, key=lambda line: line.due.date))))
    return Digest(groups=tuple(groups))


def _at_the_desk(person: User) -> Found:
    """Own work of an officer or a lead; work of nobody yet in one line a kind."""
    work = waiting_work(person)
    rounds = {key: db.session.get_one(Round, key) for key in {item.case.round_id for item in work}}
    shared: list[Waiting] = []
    own: list[Waiting] = []
    for item in work:
        if not rounds[item.case.round_id].is_practice:
            (shared if _is_shared(person, item) else own).append(item)
    return [*_own_lines(own), *_shared_lines(shared, rounds)]


def _is_shared(person: User, item: Waiting) -> bool:
    return item.pile in SHARED_PILES and not is_back_with(person, item.resubmission)


def _group_of_item(item: Waiting) -> Group | None:
    if item.case.due_on is None:
        return None
    if item.pile is Pile.REVISIT:
        # A revisit date is announced and no deadline: it comes, and is never overdue.
        return Group.REVISIT
    return group_of(item.case.due_on, office_calendar())


def _own_lines(items: Sequence[Waiting]) -> Found:
    groups = [_group_of_item(item) for item in items]
    return [
        (group, _own_line(item, group))
        for item, group in zip(opened(items), groups, strict=True)
        if group is not None
    ]


def _own_line(item: WorkItem, group: Group) -> DigestLine:
    day = item.proposal.due_on or clock.today()
    due = (revisit_on if group is Group.REVISIT else due_on)(day)
    return DigestLine(item.proposal.reference, item.todo, due, path_of(item.proposal))


def _shared_lines(items: Iterable[Waiting], rounds: Mapping[int, Round]) -> Found:
    piles: dict[tuple[Group, Pile, Round], list[Waiting]] = {}
    for item in items:
        group = _group_of_item(item)
        if group is not None:
            piles.setdefault((group, item.pile, rounds[item.case.round_id]), []).append(item)
    return [(group, _shared_line(round_, rows)) for (group, _pile, round_), rows in piles.items()]


def _shared_line(round_: Round, items: Sequence[Waiting]) -> DigestLine:
    days = [item.case.due_on for item in items if item.case.due_on is not None]
    if len(items) == 1:
        [item] = opened(items)
        return DigestLine(
            item.proposal.reference, item.todo, due_on(days[0]), path_of(item.proposal)
        )
    return DigestLine(
        reference=f"{round_.label}の{len(items)}件",
        todo=items[0].todo,
        due=due_on(min(days)),
        path=f"{QUEUE_PATH}?round={round_.key}",
        cases=len(items),
    )


def _corrections(person: User) -> Found:
    found: Found = []
    for proposal in corrections_to_do(person):
        day, calendar = proposal.due_on, remaining_calendar(proposal)
        group = group_of(day, calendar) if day else None
        if day and group is not None:
            line = DigestLine(
                proposal.reference, "補正して提出する", due_on(day, calendar), path_of(proposal)
            )
            found.append((group, line))
    return found


def _approvals(person: User) -> Found:
    found: Found = []
    for asked in waiting_approvals(person):
        proposal = asked.proposal
        if can_approve(person, proposal, asked):
            path = f"/approvals/{asked.id}"
            found += _before_submission(proposal, person, "決裁する", path)
    return found


def _joint_requests(person: User) -> Found:
    found: Found = []
    for asked in joint_requests_to(person):
        if asked.answer is PartnerAnswer.WAITING and can_answer_joint(person, asked):
            path = f"/joint/{asked.id}"
            found += _before_submission(
                asked.proposal, person, "共同提案の依頼に回答する", path, is_partner=True
            )
    return found


def _before_submission(
    proposal: Proposal, person: User, todo: str, path: str, *, is_partner: bool = False
) -> Found:
    """Work to be done before the submission, by the end of the correction or of the round."""
    day = _day_of_submission(proposal)
    if day is None or proposal.round.is_practice:
        return []
    calendar = person.organization.acting_on(clock.today()).calendar()
    group = group_of(day, calendar)
    reference = "共同提案の依頼" if is_partner else proposal.reference
    line = DigestLine(reference, todo, due_on(day, calendar), path) if group else None
    return [(group, line)] if group and line else []


def _day_of_submission(proposal: Proposal) -> date | None:
    if proposal.state is State.RETURNED:
        return proposal.due_on
    closes_at = closes_at_for(proposal.round, proposal.organization_id)
    is_waiting = proposal.state is State.DRAFT and proposal.round.is_open(closes_at)
    day = clock.to_jst(closes_at).date()
    # A round may end beyond the years whose holidays are known: it is far enough then.
    return day if is_waiting and day.year <= office_calendar().last_valid_year else None


def quiet_days(person: User, today: date) -> list[tuple[date, str]]:
    """Closed days of the weeks to come with their reason: no digest then (知らせを送らない日).

    Ends with the last year whose holidays are known.
    """
    own = person.organization.acting_on(today).calendar()
    found = []
    for day in (today + timedelta(days=number) for number in range(QUIET_DAYS_SHOWN)):
        if day.year > own.last_valid_year:
            break
        reason = own.closing_reason(day)
        if reason:
            found.append((day, reason))
    return found
