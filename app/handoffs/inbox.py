"""The inbox of a ministry (届いた案件): what is owed, by date, and what was answered (回答済み)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.accounts.models import User
from app.core import clock
from app.handoffs.models import Handoff, Reply
from app.handoffs.received import count_received, current_replies, received
from app.proposals.presentation import Due, StateBadge, due_on
from app.rounds.models import Round
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    OWED_HANDOFF_STATES,
    TOLD_HANDOFF_STATES,
    HandoffPart,
    HandoffState,
    ReplyStatus,
)
from app.workflow.labels import Tone

MINE = "mine"
PREVIEW = 5
PAGE_SIZE = 50
LONGEST_PAGE = 6
SUNDAY = 6


class DeskState(StrEnum):
    """How far a hand-off is at the desk of the ministry (府省庁から見た状態)."""

    NOT_TAKEN = "not_taken"
    TAKEN = "taken"
    AGAIN = "again"
    WRITING = "writing"
    AWAITING = "awaiting"
    ANSWERED = "answered"
    SETTLED = "settled"
    REFUSED = "refused"


DESK_STATES: dict[DeskState, StateBadge] = {
    DeskState.NOT_TAKEN: StateBadge("受領前", "soon"),
    DeskState.TAKEN: StateBadge("受領済み", Tone.PLAIN),
    DeskState.AGAIN: StateBadge("再検討", "soon"),
    DeskState.WRITING: StateBadge("回答作成中", Tone.WORK),
    DeskState.AWAITING: StateBadge("窓口の確認待ち", Tone.WAIT),
    DeskState.ANSWERED: StateBadge("回答済み", Tone.DONE),
    DeskState.SETTLED: StateBadge("完了", Tone.PLAIN),
    DeskState.REFUSED: StateBadge("所管外", Tone.PLAIN),
}
OWED = (
    DeskState.NOT_TAKEN,
    DeskState.TAKEN,
    DeskState.AGAIN,
    DeskState.WRITING,
    DeskState.AWAITING,
)
# What the ministry owes lies in the inbox, the others lie on the second tab.
DONE_STATES = tuple(state for state in TOLD_HANDOFF_STATES if state not in OWED_HANDOFF_STATES)
OVERDUE = StateBadge("期限超過", "late")


class InboxLine(NamedTuple):
    """One hand-off in the inbox (届いた案件の行)."""

    handoff: Handoff
    state: DeskState
    badge: StateBadge
    due: Due | None
    part: str

    @property
    def state_label(self) -> str:
        """Word for the state, said beside the badge of what is overdue."""
        return DESK_STATES[self.state].label


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

    def keeps(self, line: InboxLine, actor: User) -> bool:
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
    side = lines_of(received(actor, chosen, states=states))
    counts = count_received(actor, chosen)
    found = [line for line in side if filters.keeps(line, actor)]
    groups = _groups(found, is_done=is_done)
    page, pages = _page_of((asked or {}).get("page", ""), len(found))
    return Inbox(
        groups=_first_of(groups, most) if most else _page_of_groups(groups, page),
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
        units=sorted({(row.handoff.destination_id, row.handoff.destination.name) for row in side}),
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
    sides: dict[bool, list[InboxLine]] = {}
    for is_done in {is_done for _filters, is_done in asked}:
        states = DONE_STATES if is_done else OWED_HANDOFF_STATES
        sides[is_done] = lines_of(received(actor, chosen, states=states))
    return [
        sum(InboxFilters.read(filters).keeps(line, actor) for line in sides[is_done])
        for filters, is_done in asked
    ]


def lines_of(handoffs: Sequence[Handoff]) -> list[InboxLine]:
    """Put hand-offs into lines (届いた案件の行), in the order given."""
    replies = current_replies(handoffs)
    return [line_of(row, replies.get(row.id)) for row in handoffs]


def line_of(handoff: Handoff, reply: Reply | None) -> InboxLine:
    """Put one hand-off into words for its ministry (届いた案件の行)."""
    state = desk_state(handoff, reply)
    due = due_on(handoff.due_on) if handoff.due_on and state in OWED else None
    is_late = due is not None and due.level == "late"
    return InboxLine(
        handoff=handoff,
        state=state,
        badge=OVERDUE if is_late else DESK_STATES[state],
        due=due,
        part=HANDOFF_PART_LABELS[handoff.part],
    )


def desk_state(handoff: Handoff, reply: Reply | None) -> DeskState:
    """How far a hand-off is at the desk of its ministry (府省庁から見た状態)."""
    if handoff.state is not HandoffState.ACKNOWLEDGED:
        return _OF_STATE[handoff.state]
    if reply is None:
        return DeskState.AGAIN if handoff.round_number > 1 else DeskState.TAKEN
    is_asked = reply.status is ReplyStatus.AWAITING_APPROVAL
    return DeskState.AWAITING if is_asked else DeskState.WRITING


_OF_STATE: dict[HandoffState, DeskState] = {
    HandoffState.SENT: DeskState.NOT_TAKEN,
    HandoffState.ANSWERED: DeskState.ANSWERED,
    HandoffState.SETTLED: DeskState.SETTLED,
    HandoffState.REFUSED: DeskState.REFUSED,
}


def _groups(lines: list[InboxLine], *, is_done: bool) -> list[InboxGroup]:
    if is_done:
        latest = sorted(lines, key=lambda line: -line.handoff.id)
        return [InboxGroup("回答済み・終わったもの", latest, len(latest))] if lines else []
    week_ends = _end_of_week(clock.today())
    titles: dict[str, list[InboxLine]] = {
        "期限超過": [],
        "今週": [],
        "来週から後": [],
        "受領前": [],
    }
    for line in lines:
        titles[_title(line, week_ends)].append(line)
    return [InboxGroup(title, rows, len(rows)) for title, rows in titles.items() if rows]


def _page_of(asked: str, found: int) -> tuple[int, int]:
    """Number of the page, as near to the asked one as there is, and of all pages (ページ)."""
    pages = max(1, -(-found // PAGE_SIZE))
    is_number = asked.isascii() and asked.isdigit() and len(asked) < LONGEST_PAGE
    return min(max(int(asked) if is_number else 1, 1), pages), pages


def _first_of(groups: list[InboxGroup], most: int) -> list[InboxGroup]:
    return [group._replace(lines=group.lines[:most]) for group in groups]


def _page_of_groups(groups: list[InboxGroup], page: int) -> list[InboxGroup]:
    """The lines of one page under their headings, which count all (ページごとの区分)."""
    shown: list[InboxGroup] = []
    start, end = (page - 1) * PAGE_SIZE, page * PAGE_SIZE
    before = 0
    for group in groups:
        lines = group.lines[max(start - before, 0) : max(end - before, 0)]
        shown += [group._replace(lines=lines)] if lines else []
        before += group.total
    return shown


def _title(line: InboxLine, week_ends: date) -> str:
    if _is_late(line):
        return "期限超過"
    if line.state is DeskState.NOT_TAKEN:
        return "受領前"
    return "今週" if line.due is not None and line.due.date <= week_ends else "来週から後"


def _is_late(line: InboxLine) -> bool:
    return line.due is not None and line.due.level == "late"


def _end_of_week(day: date) -> date:
    return day + timedelta(days=SUNDAY - day.weekday())
