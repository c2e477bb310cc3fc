"""The inbox of a ministry (届いた案件): what is owed, by date, and what was answered (回答済み)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from app.accounts.models import User
from app.core import clock
from app.handoffs.inbox_lines import (
    DESK_STATES,
    OWED,
    DeskState,
    InboxLine,
    desk_state,
    lines_of,
)
from app.handoffs.received import (
    ReceivedHandoff,
    count_received,
    handoffs_by_id,
    received_before_shown,
    unit_names,
)
from app.proposals.presentation import Due, due_on
from app.rounds.models import Round
from app.workflow.handoffs import (
    OWED_HANDOFF_STATES,
    TOLD_HANDOFF_STATES,
    HandoffPart,
    HandoffState,
)

MINE = "mine"
PREVIEW = 5
PAGE_SIZE = 50
LONGEST_PAGE = 6
SUNDAY = 6
# What the ministry owes lies in the inbox, the others lie on the second tab.
DONE_STATES = tuple(state for state in TOLD_HANDOFF_STATES if state not in OWED_HANDOFF_STATES)


class FoundLine(NamedTuple):
    """One hand-off of the inbox before it is shown (届いた案件): many are found, few are shown."""

    handoff: ReceivedHandoff
    state: DeskState
    # Only of what the ministry owes.
    due: Due | None


class InboxGroup(NamedTuple):
    """Lines under one heading (期限の区分); `total` counts those left out, too."""

    title: str
    lines: list[InboxLine]
    total: int


@dataclass(frozen=True, kw_only=True)
class InboxFilters:
    """What of the inbox is looked at (絞り込み); a word that means nothing filters nothing."""

    unit_id: int | None = None
    part: HandoffPart | None = None
    state: DeskState | None = None
    is_mine: bool = False

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "InboxFilters":
        """Read the filters of an address (絞り込みの読み取り)."""
        unit, part, state = (asked.get(name, "") for name in ("unit", "part", "state"))
        return cls(
            unit_id=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None,
            part=HandoffPart(part) if part in list(HandoffPart) else None,
            state=DeskState(state) if state in list(DeskState) else None,
            is_mine=asked.get(MINE) == "1",
        )

    def keeps(self, line: FoundLine, actor: User) -> bool:
        """Whether a line is looked at."""
        handoff = line.handoff
        return (
            self.unit_id in (None, handoff.destination_id)
            and self.part in (None, handoff.part)
            and self.state in (None, line.state)
            and (not self.is_mine or handoff.assignee_id == actor.id)
        )


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """One page of the inbox as a person reads it (届いた案件); `late` counts in the inbox alone."""

    groups: list[InboxGroup]
    found: int
    total: int
    leads: int
    owed: int
    done: int
    late: int
    is_done: bool
    filters: InboxFilters
    units: list[tuple[int, str]]
    states: list[tuple[str, str]]
    page: int
    pages: int

    @property
    def shown(self) -> int:
        """How many lines stand on this page."""
        return sum(len(group.lines) for group in self.groups)


def build_inbox(
    actor: User,
    chosen: Round | None,
    *,
    asked: Mapping[str, str] | None = None,
    is_done: bool = False,
    most: int | None = None,
) -> Inbox:
    """Put the inbox together (届いた案件), or what was answered.

    One page of it, or with `most` the first lines of each group.
    """
    filters = InboxFilters.read(asked or {})
    states = DONE_STATES if is_done else OWED_HANDOFF_STATES
    side = found_lines(actor, chosen, states)
    counts = count_received(actor, chosen)
    found = [line for line in side if filters.keeps(line, actor)]
    groups = _groups(found, is_done=is_done)
    page, pages = _page_of((asked or {}).get("page", ""), len(found))
    return Inbox(
        groups=_opened(_first_of(groups, most) if most else _page_of_groups(groups, page)),
        page=page,
        pages=pages,
        found=len(found),
        total=len(side),
        leads=sum(line.handoff.part is HandoffPart.LEAD for line in side),
        owed=sum(counts.get(state, 0) for state in OWED_HANDOFF_STATES),
        done=sum(counts.get(state, 0) for state in DONE_STATES),
        late=sum(_is_late(line) for line in side),
        is_done=is_done,
        filters=filters,
        units=unit_names({row.handoff.destination_id for row in side}),
        states=[
            (state.value, DESK_STATES[state].label)
            for state in DeskState
            if (state in OWED) is not is_done
        ],
    )


def count_inboxes(
    actor: User, chosen: Round | None, asked: Sequence[tuple[Mapping[str, str], bool]]
) -> list[int]:
    """How many lines the inbox shows for each of some filters (件数の一覧), what was answered where
    the second of a pair is set; read once for all of them."""
    sides: dict[bool, list[FoundLine]] = {}
    for is_done in {is_done for _filters, is_done in asked}:
        states = DONE_STATES if is_done else OWED_HANDOFF_STATES
        sides[is_done] = found_lines(actor, chosen, states)
    return [
        sum(InboxFilters.read(filters).keeps(line, actor) for line in sides[is_done])
        for filters, is_done in asked
    ]


def found_lines(
    actor: User, chosen: Round | None, states: Sequence[HandoffState]
) -> list[FoundLine]:
    """Hand-offs of the actor's ministry in some states (届いた案件), the next due first."""
    rows = received_before_shown(actor, chosen, states=states)
    days = {row.due_on for row in rows}
    words = {day: due_on(day) for day in days if day is not None}
    found = []
    for row in rows:
        state = desk_state(row.state, row.round_number, row.reply_status)
        due = words[row.due_on] if row.due_on and state in OWED else None
        found.append(FoundLine(row, state, due))
    return found


class _Found(NamedTuple):
    """The same lines under one heading before they are shown (期限の区分)."""

    title: str
    lines: list[FoundLine]
    total: int


def _opened(groups: list[_Found]) -> list[InboxGroup]:
    """The groups with the hand-offs themselves (画面に出す行): two questions for all of them."""
    handoffs = handoffs_by_id([line.handoff.id for group in groups for line in group.lines])
    shown = {line.handoff.id: line for line in lines_of(list(handoffs.values()))}
    return [
        InboxGroup(group.title, [shown[line.handoff.id] for line in group.lines], group.total)
        for group in groups
    ]


def _groups(lines: list[FoundLine], *, is_done: bool) -> list[_Found]:
    if is_done:
        latest = sorted(lines, key=lambda line: -line.handoff.id)
        return [_Found("回答済み・終わったもの", latest, len(latest))] if lines else []
    week_ends = _end_of_week(clock.today())
    titles: dict[str, list[FoundLine]] = {
        "期限超過": [],
        "今週": [],
        "来週から後": [],
        "受領前": [],
    }
    for line in lines:
        titles[_title(line, week_ends)].append(line)
    return [_Found(title, rows, len(rows)) for title, rows in titles.items() if rows]


def _page_of(asked: str, found: int) -> tuple[int, int]:
    """Number of the page, as near to the asked one as there is, and of all pages (ページ)."""
    pages = max(1, -(-found // PAGE_SIZE))
    is_number = asked.isascii() and asked.isdigit() and len(asked) < LONGEST_PAGE
    return min(max(int(asked) if is_number else 1, 1), pages), pages


def _first_of(groups: list[_Found], most: int) -> list[_Found]:
    return [group._replace(lines=group.lines[:most]) for group in groups]


def _page_of_groups(groups: list[_Found], page: int) -> list[_Found]:
    """The lines of one page under their headings, which count all (ページごとの区分)."""
    shown: list[_Found] = []
    start, end = (page - 1) * PAGE_SIZE, page * PAGE_SIZE
    before = 0
    for group in groups:
        lines = group.lines[max(start - before, 0) : max(end - before, 0)]
        shown += [group._replace(lines=lines)] if lines else []
        before += group.total
    return shown


def _title(line: FoundLine, week_ends: date) -> str:
    if _is_late(line):
        return "期限超過"
    if line.state is DeskState.NOT_TAKEN:
        return "受領前"
    return "今週" if line.due is not None and line.due.date <= week_ends else "来週から後"


def _is_late(line: FoundLine) -> bool:
    return line.due is not None and line.due.level == "late"


def _end_of_week(day: date) -> date:
    return day + timedelta(days=SUNDAY - day.weekday())
