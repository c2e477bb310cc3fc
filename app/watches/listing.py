"""How watches stand, in words and as a table (見直しの条件の一覧)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.eras import format_date
from app.core.tabular import Column, Table
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.watches.models import Watch, WatchStatus
from app.watches.policy import is_followed_case
from app.watches.queries import changed_register_ids, unwatched_cases, watches_for

LONG_WIDTH = 48


class Standing(StrEnum):
    """How a watch stands today (見直しの状況), from dates, class and register."""

    DUE = "due"
    WAITING = "waiting"
    MET = "met"
    ENDED = "ended"
    IDLE = "idle"


STANDING_LABELS: Mapping[Standing, str] = {
    Standing.DUE: "確認が必要",
    Standing.WAITING: "見直し日まで待つ",
    Standing.MET: "条件を満たした",
    Standing.ENDED: "終わり",
    Standing.IDLE: "分類が変わったため休止",
}
STANDING_TONES: Mapping[Standing, str] = {
    Standing.DUE: "soon",
    Standing.WAITING: "wait",
    Standing.MET: "work",
    Standing.ENDED: "done",
    Standing.IDLE: "plain",
}


@dataclass(frozen=True, kw_only=True)
class WatchLine:
    """A watch as a list shows it (見直しの1行): how it stands, and why it asks for a look."""

    watch: Watch
    standing: Standing
    why: str

    @property
    def label(self) -> str:
        """Standing in words (状況)."""
        return STANDING_LABELS[self.standing]

    @property
    def tone(self) -> str:
        """Look of its badge."""
        return STANDING_TONES[self.standing]

    @property
    def is_open(self) -> bool:
        """Whether it may be checked and changed now (確認・変更できる)."""
        return self.standing in (Standing.DUE, Standing.WAITING)


@dataclass(frozen=True, kw_only=True)
class WatchList:
    """Watches of some rounds as one person sees them (見直しの条件の一覧)."""

    lines: list[WatchLine]
    unwatched: list[Proposal]

    def count(self, standing: Standing) -> int:
        """Number of watches that stand so (件数)."""
        return sum(1 for line in self.lines if line.standing is standing)

    def filtered(self, standing: Standing | None, owner_id: int | None) -> list[WatchLine]:
        """Lines that stand so, of that owner; none for all (絞り込み)."""
        return [
            line
            for line in self.lines
            if standing in (None, line.standing) and owner_id in (None, line.watch.owner_id)
        ]


def watch_list(actor: User, rounds: Sequence[Round]) -> WatchList:
    """Read the watches of some rounds, and the cases that have none (一覧)."""
    ids = [row.id for row in rounds]
    return WatchList(
        lines=watch_lines(watches_for(actor, ids)), unwatched=unwatched_cases(actor, ids)
    )


def real_rounds() -> list[Round]:
    """Rounds that are no practice, the latest first (練習用を除く募集回)."""
    statement = select(Round).where(Round.is_practice.is_(False))
    return list(db.session.scalars(statement.order_by(Round.opens_at.desc(), Round.id.desc())))


def watch_lines(watches: Sequence[Watch]) -> list[WatchLine]:
    """Say how watches stand today, in the order given; one query for all."""
    today = clock.today()
    changed = changed_register_ids([row.id for row in watches])
    return [_line(row, today, is_changed=row.id in changed) for row in watches]


def _line(watch: Watch, today: date, *, is_changed: bool) -> WatchLine:
    why = _why(watch, today, is_changed=is_changed)
    return WatchLine(watch=watch, standing=_standing(watch, is_due=bool(why)), why=why)


def _standing(watch: Watch, *, is_due: bool) -> Standing:
    if watch.status is WatchStatus.MET:
        return Standing.MET
    if watch.status is WatchStatus.ENDED:
        return Standing.ENDED
    if not is_followed_case(watch.proposal):
        return Standing.IDLE
    return Standing.DUE if is_due else Standing.WAITING


def _why(watch: Watch, today: date, *, is_changed: bool) -> str:
    """Why an open watch asks for a look today (確認が必要な理由), '' for no reason."""
    reasons: list[str] = []
    if watch.status is WatchStatus.OPEN and watch.check_on is not None and watch.check_on <= today:
        reasons.append(f"見直し日（{format_date(watch.check_on)}）が来ました")
    if is_changed and watch.register_entry is not None:
        what = "廃止されました" if watch.register_entry.is_retired else "変わりました"
        reasons.append(f"台帳の行「{watch.register_entry.title}」が、前に見た後に{what}")
    return "。".join(reasons)


def watch_table(found: WatchList, lines: Sequence[WatchLine]) -> Table:
    """The list as a table for a file (見直しの条件の表), those without a condition at its end."""
    columns = [
        Column("number", "受付番号"),
        Column("title", "提案", width=LONG_WIDTH),
        Column("category", "分類", width=8),
        Column("standing", "状況", width=24),
        Column("why", "確認が必要な理由", width=LONG_WIDTH),
        Column("condition", "見直しの条件", width=LONG_WIDTH),
        Column("source", "確かめるところ", width=LONG_WIDTH),
        Column("check_on", "見直し日", kind="date"),
        Column("entry", "台帳の行", width=LONG_WIDTH),
        Column("owner", "見直す人"),
        Column("result", "結果", width=LONG_WIDTH),
    ]
    empty = dict.fromkeys([column.key for column in columns])
    rows: list[Mapping[str, object]] = [_row(line) for line in lines]
    rows += [
        {**empty, **_case_cells(proposal), "standing": "未登録"} for proposal in found.unwatched
    ]
    return Table(title="見直しの条件", columns=columns, rows=rows)


def _row(line: WatchLine) -> dict[str, object]:
    watch = line.watch
    return {
        **_case_cells(watch.proposal),
        "standing": line.label,
        "why": line.why,
        "condition": watch.condition,
        "source": watch.source,
        "check_on": watch.check_on,
        "entry": watch.register_entry.title if watch.register_entry else None,
        "owner": watch.owner.display_name,
        "result": watch.result,
    }


def _case_cells(proposal: Proposal) -> dict[str, object]:
    return {
        "number": proposal.reference,
        "title": proposal.title,
        "category": proposal.category.code if proposal.category else None,
    }
