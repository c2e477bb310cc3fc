"""What the ministries have in hand, and how long they take (府省庁の負荷). For the secretariat."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, case, func, select

from app.accounts.models import Organization, User
from app.accounts.queries import list_ministries
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import DateFormatError, parse_date
from app.core.text import is_blank
from app.extensions import db
from app.handoffs.models import Handoff, Reply
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.registers.models import Register, RegisterEntry
from app.rounds.models import Round
from app.routing.forecast import Forecast, PastReplies, count_until, forecast
from app.routing.reasons import names_in, plain
from app.workflow.handoffs import HandoffPurpose, HandoffState, ReplyStatus

OPEN = (HandoffState.SENT, HandoffState.ACKNOWLEDGED)
COUNTED_REGISTERS = (Register.BUNKEN, Register.KEIYU_JIMU, Register.KEIYU_CHOSA)


@dataclass
class MinistryLoad:
    """Load of one ministry with its units (府省庁の負荷)."""

    ministry: Organization
    open_count: int = 0
    late_count: int = 0
    rows: Counter[Register] = field(default_factory=Counter)
    past: PastReplies = field(default_factory=PastReplies)

    @property
    def is_busy(self) -> bool:
        """Whether anything is to be told of it."""
        return bool(self.open_count or self.rows or self.past.days)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a number of new hand-offs means for one ministry (送付の見込み)."""

    load: MinistryLoad
    added: int
    forecast: Forecast | None
    in_time: int | None
    is_late: bool


def ministry_loads(actor: User, chosen: Round | None) -> dict[int, MinistryLoad]:
    """Loads by the id of the ministry (府省庁の負荷), from the cases the actor may know of.

    All real rounds together; a practice round is counted alone (A14). A few questions for all.
    """
    bodies = {row.id: row for row in list_ministries()}
    tops = ministry_of_each(bodies.values())
    loads = {key: MinistryLoad(bodies[key]) for key in dict.fromkeys(tops.values())}
    seen = (visible_to(actor), _in_rounds(chosen))
    _count_open(loads, tops, seen)
    _count_rows(loads, {plain(row.name): tops[row.id] for row in bodies.values()})
    _measure(loads, tops, seen)
    return loads


def outlook(load: MinistryLoad, added: int, meeting_on: date | None) -> Outlook:
    """What hand-offs sent today mean for a ministry (送付の見込み), up to a meeting if named."""
    today, calendar = clock.today(), office_calendar()
    found = forecast(load.past, load.open_count, added, today=today, calendar=calendar)
    in_time = None
    if found is not None and meeting_on is not None:
        days = calendar.office_days_between(today, meeting_on)
        in_time = count_until(load.past, load.open_count, added, days)
    return Outlook(
        load=load,
        added=added,
        forecast=found,
        in_time=in_time,
        is_late=bool(found and meeting_on and found.most_on > meeting_on),
    )


def read_meeting_day(typed: str) -> tuple[date | None, str]:
    """The day of a meeting as it was typed (開催日), and what is wrong with it, "" for nothing."""
    if is_blank(typed):
        return None, ""
    try:
        day = parse_date(typed)
    except DateFormatError as error:
        return None, error.message
    last = office_calendar().last_valid_year
    if day <= clock.today():
        return None, "開催日は、明日以降の日を入力してください。"
    if day.year > last:
        return None, f"祝日が決まっている{last}年までの日を入力してください。"
    return day, ""


def outlooks(
    added: Mapping[int, int], actor: User, chosen: Round | None, meeting_on: date | None
) -> list[Outlook]:
    """Outlook for each ministry that gets new hand-offs (送付の見込み), the latest reply first.

    `added` counts the new hand-offs by the id of their destination, a ministry or a unit.
    """
    loads = ministry_loads(actor, chosen)
    tops = ministry_of_each(list_ministries())
    counts: Counter[int] = Counter()
    for destination_id, count in added.items():
        counts[tops[destination_id]] += count
    found = [outlook(loads[key], count, meeting_on) for key, count in counts.items()]
    return sorted(
        found,
        key=lambda row: (
            row.forecast is None,
            -(row.forecast.most_on.toordinal() if row.forecast else 0),
            row.load.ministry.id,
        ),
    )


def ministry_of_each(bodies: Iterable[Organization]) -> dict[int, int]:
    """Id of the ministry by the id of each of its units, and of itself (府省庁)."""
    return {row.id: _top(row).id for row in bodies}


def _top(body: Organization) -> Organization:
    while body.parent is not None:
        body = body.parent
    return body


def _in_rounds(chosen: Round | None) -> ColumnElement[bool]:
    if chosen is not None and chosen.is_practice:
        return Proposal.round_id == chosen.id
    return Proposal.round_id.in_(select(Round.id).where(~Round.is_practice))


def _count_open(
    loads: Mapping[int, MinistryLoad],
    tops: Mapping[int, int],
    seen: Iterable[ColumnElement[bool]],
) -> None:
    late = func.sum(case((Handoff.due_on < clock.today(), 1), else_=0))
    rows = db.session.execute(
        select(Handoff.destination_id, func.count(), late)
        .join(Handoff.proposal)
        .where(*seen, Handoff.state.in_(OPEN))
        .group_by(Handoff.destination_id)
    )
    for destination_id, count, overdue in rows:
        load = loads[tops[destination_id]]
        load.open_count += count
        load.late_count += overdue or 0


def _count_rows(loads: Mapping[int, MinistryLoad], by_name: Mapping[str, int]) -> None:
    """What the registers name a ministry for (台帳の件数): more work for the same people."""
    rows = db.session.execute(
        select(
            RegisterEntry.register,
            RegisterEntry.ministry_name,
            # A line of 経由調査 stands for as many inquiries as it says.
            func.sum(func.coalesce(RegisterEntry.quantity, 1)),
        )
        .where(RegisterEntry.register.in_(COUNTED_REGISTERS), RegisterEntry.retired_at.is_(None))
        .group_by(RegisterEntry.register, RegisterEntry.ministry_name)
    )
    for register, printed, count in rows:
        names = names_in(printed)
        key = by_name.get(plain(names[0])) if names else None
        if key is not None:
            loads[key].rows[register] += count


def _measure(
    loads: Mapping[int, MinistryLoad],
    tops: Mapping[int, int],
    seen: Iterable[ColumnElement[bool]],
) -> None:
    """Take the times from sending to the first reply (回答までの開庁日数), and the most at once."""
    rows = db.session.execute(
        select(Handoff.destination_id, Handoff.sent_at, Reply.sent_at)
        .join(Reply, Reply.handoff_id == Handoff.id)
        .join(Handoff.proposal)
        .where(
            *seen,
            Handoff.purpose == HandoffPurpose.REQUEST,
            Reply.round_number == 1,
            Reply.status == ReplyStatus.SENT,
        )
    )
    spans: dict[int, list[tuple[date, date]]] = {}
    for destination_id, sent_at, replied_at in rows:
        if sent_at is None or replied_at is None:
            continue
        span = (clock.to_jst(sent_at).date(), clock.to_jst(replied_at).date())
        spans.setdefault(tops[destination_id], []).append(span)
    calendar = office_calendar()
    for key, found in spans.items():
        loads[key].past = PastReplies(
            days=tuple(sorted(calendar.office_days_between(*span) for span in found)),
            most_at_once=_most_at_once(found),
        )


def _most_at_once(spans: Sequence[tuple[date, date]]) -> int:
    """The most that lay there on one day (同時に抱えた最多の件数)."""
    return max(
        sum(1 for first, last in spans if first <= day <= last) for day in {row[0] for row in spans}
    )
