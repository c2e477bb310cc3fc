"""Entries of the trail as a file (監査証跡の出力): one row each, checkable without the product.

Each row holds the sealed fields as they were hashed. CSV is rows alone; JSON Lines begins with a
line that says who took what out and how it is checked.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from app.audit.actors import label_without_name
from app.audit.chain import GENESIS_HASH, SEALED_FIELDS, plain_value
from app.audit.models import AuditEvent
from app.audit.words import words_of
from app.core.clock import to_jst
from app.core.log_lines import escaped
from app.core.tabular import Column, Table
from app.core.tabular.data import csv_lines

TITLE = "監査証跡"
HOW = (
    "entry_hash は、previous_hash、改行（LF）1つ、sealed を次の形の JSON にした文字列をつないだ、"
    "UTF-8 の SHA-256（16進）です。",
    "JSON の形：名前の順、区切りは「,」と「:」だけ、空白なし、日本語はそのまま"
    "（Python の json.dumps(sealed, sort_keys=True, ensure_ascii=False, separators=(',', ':'))）。",
    "番号（seq）が続く行では、previous_hash は前の行の entry_hash と同じです。"
    f"1番の previous_hash は {GENESIS_HASH} です。",
    "封印の行の seq と hash は、同じ番号の行の entry_hash と同じです。",
    "withheld が true の行は、利益相反のため内容を出していません。連鎖は照合できます。",
)
COLUMNS = (
    Column("seq", "番号", "integer"),
    Column("occurred_at", "日時"),
    Column("who", "だれが"),
    Column("verb", "操作の符号"),
    Column("act", "操作"),
    Column("subject", "対象"),
    Column("states", "状態"),
    Column("reason", "理由"),
    Column("withheld", "内容を出していない"),
    Column("previous_hash", "previous_hash"),
    Column("entry_hash", "entry_hash"),
    Column("sealed", "sealed"),
)


class TrailFormat(StrEnum):
    """Form of a file of the trail (出力の形式)."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def opening_of(about: Mapping[str, object], form: TrailFormat) -> str:
    """What stands before the entries (ファイルの始め): labels, or the line that explains."""
    if form is TrailFormat.JSON_LINES:
        return _line({**about, "how": HOW})
    return "\ufeff" + next(csv_lines(_table([])))


def lines_of(
    events: Iterable[AuditEvent], form: TrailFormat, withheld: Mapping[int, bool], *, names: bool
) -> Iterator[str]:
    """Entries as lines (監査記録の行); of those that are `withheld`, by number, hashes alone."""
    rows = [_row(event, is_withheld=withheld[event.seq], with_name=names) for event in events]
    if form is TrailFormat.JSON_LINES:
        yield from map(_line, rows)
        return
    lines = csv_lines(_table([{**row, **_cells_of(row)} for row in rows]))
    next(lines)
    yield from lines


def _row(event: AuditEvent, *, is_withheld: bool, with_name: bool) -> dict[str, Any]:
    sealed = {name: plain_value(getattr(event, name)) for name in SEALED_FIELDS}
    moved = f"{event.from_state or ''} → {event.to_state}" if event.to_state else ""
    return {
        "seq": event.seq,
        "occurred_at": to_jst(event.occurred_at).isoformat(timespec="seconds"),
        "who": event.actor_words if with_name else label_without_name(event.actor_label),
        "verb": event.verb,
        "act": words_of(event.verb),
        "subject": f"{event.subject_type} {event.subject_id or ''}".strip(),
        "states": "" if is_withheld else moved,
        "reason": "" if is_withheld else event.reason,
        "withheld": is_withheld,
        "previous_hash": event.previous_hash,
        "entry_hash": event.entry_hash,
        "sealed": None if is_withheld else sealed,
    }


def _cells_of(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "withheld": "利益相反" if row["withheld"] else "",
        "sealed": _json(row["sealed"]) if row["sealed"] else "",
    }


def _table(rows: Sequence[Mapping[str, object]]) -> Table:
    return Table(TITLE, COLUMNS, rows)


def _line(value: Mapping[str, Any]) -> str:
    return f"{_json(value)}\n"


def _json(value: Any) -> str:
    # Some readers take other letters than the line feed for the end of a line.
    return escaped(json.dumps(value, ensure_ascii=False))
