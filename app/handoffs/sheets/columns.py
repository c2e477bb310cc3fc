"""Columns of the sheet of replies (回答の表の列), and the mark that tells where a row is from.

A row carries nothing that has to be believed: who may answer what is asked of the services when it
comes back. The mark only tells whether the row was made here, and whether its answer was touched.
"""

import hashlib
import hmac
from datetime import date
from typing import NamedTuple

from app.core.eras import format_date
from app.handoffs.models import Handoff, Reply
from app.workflow.handoffs import REPLY_KIND_LABELS, ReplyKind

SHEET = "回答"
ID = "id"
REFERENCE = "reference"
KIND = "kind"
TEXT = "text"
PLANNED_ON = "planned_on"
ROUND = "round_number"
VERSION = "version"
MARK = "mark"
ANSWER = (KIND, TEXT, PLANNED_ON)


class SheetColumn(NamedTuple):
    """One column (列): its name, its label, its width in half-width characters."""

    name: str
    label: str
    width: int


COLUMNS = (
    SheetColumn(ID, "送付番号", 10),
    SheetColumn(REFERENCE, "受付番号", 12),
    SheetColumn("title", "提案概要", 30),
    SheetColumn("detail", "提案詳細", 50),
    SheetColumn("measure", "求める措置", 40),
    SheetColumn("request", "依頼", 40),
    SheetColumn("part", "立場", 8),
    SheetColumn("due_on", "期限", 22),
    SheetColumn(KIND, "回答の種別", 20),
    SheetColumn(TEXT, "回答", 60),
    SheetColumn(PLANNED_ON, "予定日", 22),
    SheetColumn(ROUND, "回答の回", 10),
    SheetColumn(VERSION, "版", 8),
    SheetColumn(MARK, "照合", 36),
)
LABELS = {column.name: column.label for column in COLUMNS}
# Without these a row cannot be taken; the others are for reading.
NEEDED = (ID, REFERENCE, *ANSWER, ROUND, VERSION, MARK)


class SheetAnswer(NamedTuple):
    """An answer as it stands in a row (回答のセル)."""

    kind: ReplyKind | None
    text: str
    planned_on: date | None

    @property
    def words(self) -> dict[str, str]:
        """Its cells by the names of their columns."""
        return {
            KIND: REPLY_KIND_LABELS[self.kind] if self.kind else "",
            TEXT: self.text,
            PLANNED_ON: format_date(self.planned_on) if self.planned_on else "",
        }


class Origin(NamedTuple):
    """What a row was made from (行の出どころ): hand-off, its reply round, version of the reply."""

    handoff_id: int
    round_number: int
    version: int


def origin_of(handoff: Handoff, reply: Reply | None) -> Origin:
    """Where the row of a hand-off starts from now (行の出どころ); version 0 before a first word."""
    return Origin(handoff.id, handoff.round_number, reply.version if reply else 0)


def answer_of(reply: Reply | None) -> SheetAnswer:
    """The answer of a reply (回答), nothing before a first word."""
    if reply is None:
        return SheetAnswer(None, "", None)
    return SheetAnswer(reply.kind, reply.text, reply.planned_on)


def mark_of(key: bytes, origin: Origin, answer: SheetAnswer) -> str:
    """Mark of a row (照合): where it is from, and what its answer was when it was made."""
    return f"{_digest(key, *origin)}-{_digest(key, *origin, *answer.words.values())}"


def is_from_here(key: bytes, origin: Origin, mark: str) -> bool:
    """Whether the row was made by this system from this state (照合)."""
    return hmac.compare_digest(mark.partition("-")[0].encode(), _digest(key, *origin).encode())


def is_untouched(key: bytes, origin: Origin, answer: SheetAnswer, mark: str) -> bool:
    """Whether the answer stands as it did when the row was made (変更なし)."""
    return hmac.compare_digest(mark.encode(), mark_of(key, origin, answer).encode())


def _digest(key: bytes, *parts: object) -> str:
    said = "\x1f".join(["reply sheet", *map(str, parts)])
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:16]
