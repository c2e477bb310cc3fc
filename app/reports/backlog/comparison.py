"""A stored backlog against the replay of its moment (記録と再現の照合): equal, or explained."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.accounts.models import User
from app.audit.actors import label_in_words
from app.audit.models import AuditEvent
from app.core.closing_days import ClosingDay
from app.core.eras import format_date, format_datetime
from app.extensions import db
from app.reports.backlog import handoff_rows
from app.reports.backlog.handoff_rows import HandoffRow
from app.reports.backlog.models import BacklogSnapshot
from app.reports.backlog.queries import measure, visible_ids
from app.reports.backlog.rows import BacklogRow, from_stored
from app.reports.backlog.tables import handoff_words_of, words_of

ENTRIES_SHOWN = 3
NOT_OPEN = "未了の送付ではない"
ABSENT = "滞留ではない"
ENTERED_LATE = "時点より前の操作が、後から記録されました："
RENAMED = "持ち主の氏名・団体名が、記録の後で変わりました。"
UNEXPLAINED = "記録の後の操作が見つかりません。システム管理に知らせてください。"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One case of which the two say something else (相違)."""

    number: str
    stored: str
    replayed: str
    causes: tuple[str, ...]


def stored_rows(snapshot: BacklogSnapshot, reader: User) -> list[BacklogRow]:
    """The rows of a stored backlog that a reader may know of (利益相反を除く)."""
    known = visible_ids(snapshot.round, reader)
    rows = [from_stored(stored) for stored in snapshot.rows]
    return [row for row in rows if row.proposal_id in known]


def stored_handoffs(snapshot: BacklogSnapshot, reader: User) -> list[HandoffRow] | None:
    """The hand-offs of a stored backlog that a reader may know of; None: it is older than them."""
    if handoff_rows.STORED_AS not in snapshot.figures:
        return None
    known = visible_ids(snapshot.round, reader)
    rows = [handoff_rows.from_stored(row) for row in snapshot.figures[handoff_rows.STORED_AS]]
    return [row for row in rows if row.proposal_id in known]


def compare(snapshot: BacklogSnapshot, reader: User) -> list[Difference]:
    """Replay the moment of a stored backlog and explain what differs, case by case (照合)."""
    stored = {row.proposal_id: row for row in stored_rows(snapshot, reader)}
    replayed = {row.proposal_id: row for row in measure(snapshot.round, reader, snapshot.moment)}
    differing = sorted(
        case_id
        for case_id in stored.keys() | replayed.keys()
        if stored.get(case_id) != replayed.get(case_id)
    )
    entries = _entries_after(snapshot, differing)
    closings = _closings_after(snapshot) if differing else []
    return [
        _difference(stored.get(case_id), replayed.get(case_id), entries.get(case_id, []), closings)
        for case_id in differing
    ] + _handoff_differences(snapshot, reader)


def _handoff_differences(snapshot: BacklogSnapshot, reader: User) -> list[Difference]:
    """Hand-offs of which the two say something else, each explained like a case (送付の相違)."""
    kept = stored_handoffs(snapshot, reader)
    if kept is None:
        return []
    stored = {row.handoff_id: row for row in kept}
    found = handoff_rows.measure_handoffs(snapshot.round, reader, snapshot.moment)
    replayed = {row.handoff_id: row for row in found}
    pairs = [
        (stored.get(key), replayed.get(key)) for key in sorted(stored.keys() | replayed.keys())
    ]
    differing = [(before, after) for before, after in pairs if before != after]
    cases = [row.proposal_id for pair in differing for row in pair if row is not None]
    entries = _entries_after(snapshot, cases)
    closings = _closings_after(snapshot) if differing else []
    return [_handoff_difference(*pair, entries, closings) for pair in differing]


def _handoff_difference(
    stored: HandoffRow | None,
    replayed: HandoffRow | None,
    entries: Mapping[int, Sequence[str]],
    closings: Sequence[str],
) -> Difference:
    row = stored or replayed
    own = entries.get(row.proposal_id, []) if row else []
    return Difference(
        number=row.number if row else "",
        stored=handoff_words_of(stored) if stored else NOT_OPEN,
        replayed=handoff_words_of(replayed) if replayed else NOT_OPEN,
        causes=tuple([*closings, *own] or [UNEXPLAINED]),
    )


def _difference(
    stored: BacklogRow | None,
    replayed: BacklogRow | None,
    entries: Sequence[str],
    closings: Sequence[str],
) -> Difference:
    row = stored or replayed
    before, after = _words(stored, replayed)
    return Difference(
        number=row.number if row else "",
        stored=before,
        replayed=after,
        causes=tuple(_causes(stored, replayed, entries, closings)),
    )


def _words(stored: BacklogRow | None, replayed: BacklogRow | None) -> tuple[str, str]:
    """What the two say, as far as they differ (相違の言葉)."""
    if stored is None or replayed is None:
        said = ["、".join(words_of(row).values()) if row else ABSENT for row in (stored, replayed)]
        return said[0], said[1]
    before, after = words_of(stored), words_of(replayed)
    differing = [label for label in before if before[label] != after[label]]
    return (
        "　".join(f"{label} {before[label]}" for label in differing),
        "　".join(f"{label} {after[label]}" for label in differing),
    )


def _causes(
    stored: BacklogRow | None,
    replayed: BacklogRow | None,
    entries: Sequence[str],
    closings: Sequence[str],
) -> Iterable[str]:
    is_counted_anew = (
        stored is not None
        and replayed is not None
        and (stored.age, stored.overdue) != (replayed.age, replayed.overdue)
    )
    is_renamed = (
        stored is not None
        and replayed is not None
        and stored.holders != replayed.holders
        and [holder.key for holder in stored.holders] == [row.key for row in replayed.holders]
    )
    found = [
        *(closings if is_counted_anew else ()),
        *([RENAMED] if is_renamed else ()),
        *entries,
    ]
    return found or [UNEXPLAINED]


def _entries_after(snapshot: BacklogSnapshot, case_ids: Sequence[int]) -> dict[int, list[str]]:
    """Entries of the trail after the stored position, those that lie before the moment in front."""
    rows = db.session.execute(
        select(
            AuditEvent.subject_id,
            AuditEvent.seq,
            AuditEvent.occurred_at,
            AuditEvent.actor_label,
            AuditEvent.actor_name,
        )
        .where(
            AuditEvent.subject_type == "proposal",
            AuditEvent.subject_id.in_(case_ids),
            AuditEvent.seq > snapshot.fold_seq,
        )
        .order_by(AuditEvent.occurred_at >= snapshot.moment, AuditEvent.seq)
    )
    found: dict[int, list[str]] = {}
    for case_id, seq, occurred_at, label, name in rows:
        if case_id is None:
            continue
        lines = found.setdefault(case_id, [])
        if len(lines) < ENTRIES_SHOWN:
            when = format_datetime(occurred_at)
            late = ENTERED_LATE if occurred_at < snapshot.moment else ""
            lines.append(f"{late}操作の記録 第{seq}号（{when}、{label_in_words(label, name)}）")
    return found


def _closings_after(snapshot: BacklogSnapshot) -> list[str]:
    """Closed days entered or withdrawn after the backlog was stored (臨時の閉庁日の変更)."""
    rows = db.session.scalars(
        select(ClosingDay)
        .where(
            or_(
                ClosingDay.added_at > snapshot.made_at,
                ClosingDay.withdrawn_at > snapshot.made_at,
            )
        )
        .order_by(ClosingDay.day)
    )
    return [
        f"閉庁日「{row.name}」（{format_date(row.day)}）が、記録の後で"
        f"{'取り下げられ' if row.withdrawn_at else '加えられ'}ました。"
        for row in rows
    ]
