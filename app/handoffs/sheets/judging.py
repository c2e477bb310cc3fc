"""What each row of a sheet would do (回答の表の確認): nothing, a change, or why it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.core.eras import DateFormatError, parse_date
from app.core.errors import DomainError
from app.core.text import count_characters, is_blank
from app.extensions import db
from app.handoffs.desk_policy import authorize_write, check_draft, check_writable, is_coordinator
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import NOT_FOUND, handed_to
from app.handoffs.received import current_replies
from app.handoffs.reply_rules import TEXT_LIMIT, problems_of_reply
from app.handoffs.services.draft import SaveReply, Seen
from app.handoffs.services.sheet_replies import SheetReply
from app.handoffs.sheets.columns import (
    ANSWER,
    ID,
    KIND,
    LABELS,
    MARK,
    NEEDED,
    PLANNED_ON,
    REFERENCE,
    ROUND,
    TEXT,
    VERSION,
    Origin,
    SheetAnswer,
    answer_of,
    is_from_here,
    is_untouched,
)
from app.handoffs.sheets.reading import SheetRow
from app.workflow.handoffs import REPLY_KIND_LABELS, HandoffState

LONGEST_NUMBER = 9
NO_NUMBER = "数字で書いてください。表を保存し直すと、正しい値が入ります"
FORGED = (
    "このシステムが出した行ではないか、送付番号・回答の回・版が書き換えられています。"
    "表を保存し直して、回答を写してください"
)
TWICE = "同じ送付番号の行が{number}行目にもあります。どちらかを消してください"
OTHER_NUMBER = (
    "受付番号が、この送付番号の案件（{reference}）と合いません。行がずれていないか確かめてください"
)
NOT_TAKEN = "まだ受領していません。窓口が受領してから、回答を送ってください"
STALE = (
    "表を保存した後に、ほかの人がこの回答を書き換えました。"
    "下の今の文を確かめ、表を保存し直して書いてください"
)


class RowKind(StrEnum):
    """What becomes of a row (行の扱い)."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    STALE = "stale"
    WRONG = "wrong"


class CellProblem(NamedTuple):
    """What is wrong with a cell (セルの誤り): its column, its name, and what to do."""

    label: str
    place: str
    words: str


@dataclass
class JudgedRow:
    """One row with what it would do (確かめた行). `present` is the reply as it stands now."""

    row: SheetRow
    kind: RowKind = RowKind.WRONG
    handoff: Handoff | None = None
    answer: SheetAnswer | None = None
    present: SheetAnswer | None = None
    seen: Seen | None = None
    problems: list[CellProblem] = field(default_factory=list)
    # What keeps a complete sheet from being sent, not from being kept as drafts.
    missing: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Cells that would change (変わるセル): label, before, after."""
        if self.answer is None or self.present is None:
            return []
        before, after = self.present.words, self.answer.words
        return [
            (LABELS[name], before[name], after[name])
            for name in ANSWER
            if before[name] != after[name]
        ]

    def say(self, name: str, words: str) -> None:
        """Add what is wrong with the cell of a column."""
        self.problems.append(CellProblem(LABELS[name], self.row.cells[name].place, words))


@dataclass(frozen=True)
class JudgedSheet:
    """A whole sheet (確かめた表)."""

    rows: Sequence[JudgedRow]
    speaks: bool

    def of_kind(self, *kinds: RowKind) -> list[JudgedRow]:
        """Rows of these kinds, in the order of the sheet."""
        return [row for row in self.rows if row.kind in kinds]

    @property
    def changed(self) -> list[JudgedRow]:
        """Rows that would change a reply (変更あり)."""
        return self.of_kind(RowKind.CHANGED)

    @property
    def faulty(self) -> list[JudgedRow]:
        """Rows that keep the whole sheet from being taken (誤り)."""
        return self.of_kind(RowKind.WRONG, RowKind.STALE)

    @property
    def can_take(self) -> bool:
        """Whether there is something to take, and nothing against it."""
        return bool(self.changed) and not self.faulty

    @property
    def can_send(self) -> bool:
        """Whether all that changed can go out at once (送付できる)."""
        return self.can_take and self.speaks and not any(row.missing for row in self.changed)

    def replies(self) -> list[SheetReply]:
        """What the changed rows ask for (取り込む回答)."""
        return [
            SheetReply(row.handoff, _command(row.seen, row.answer))
            for row in self.changed
            if row.handoff and row.seen and row.answer
        ]


def judge_sheet(rows: Sequence[SheetRow], actor: User, key: bytes) -> JudgedSheet:
    """Say of each row what it would do (回答の表の確認). Reads only; a few questions for all."""
    found = {row.id: row for row in _handoffs(rows, actor)}
    replies = current_replies(list(found.values()))
    judged: list[JudgedRow] = []
    first: dict[int, int] = {}
    for row in rows:
        one = JudgedRow(row)
        _judge(one, found, replies, first, actor, key)
        judged.append(one)
    changed = [row.handoff for row in judged if row.kind is RowKind.CHANGED and row.handoff]
    return JudgedSheet(judged, bool(changed) and all(is_coordinator(actor, row) for row in changed))


def _handoffs(rows: Sequence[SheetRow], actor: User) -> list[Handoff]:
    ids = {_number(row.cells[ID].text) for row in rows}
    return list(db.session.scalars(select(Handoff).where(Handoff.id.in_(ids), handed_to(actor))))


def _judge(
    one: JudgedRow,
    found: Mapping[int, Handoff],
    replies: Mapping[int, Reply],
    first: dict[int, int],
    actor: User,
    key: bytes,
) -> None:
    origin = _origin(one)
    answer = _answer(one)
    if origin is None:
        return
    if first.setdefault(origin.handoff_id, one.row.number) != one.row.number:
        one.say(ID, TWICE.format(number=first[origin.handoff_id]))
    mark = one.row.cells[MARK].text
    if not is_from_here(key, origin, mark):
        one.say(MARK, FORGED)
    elif answer and is_untouched(key, origin, answer, mark) and not one.problems:
        # Nothing was written here: whatever became of the case meanwhile does not matter.
        one.kind, one.handoff = RowKind.UNCHANGED, found.get(origin.handoff_id)
        return
    handoff = found.get(origin.handoff_id)
    if handoff is None:
        one.say(ID, NOT_FOUND)
        return
    one.handoff = handoff
    _check_reference(one, handoff)
    reply = replies.get(handoff.id)
    one.present = answer_of(reply)
    if answer is not None:
        _check_length(one, answer)
    _compare(one, origin, answer, reply, actor)


def _compare(
    one: JudgedRow, origin: Origin, answer: SheetAnswer | None, reply: Reply | None, actor: User
) -> None:
    """Set a readable row against what stands now (今の回答との比較)."""
    handoff, present = one.handoff, one.present
    if handoff is None or present is None:
        return
    one.answer = answer
    one.seen = Seen(origin.round_number, origin.version)
    refused = _refusal(handoff, reply, actor)
    if answer == present and reply is not None and not one.problems:
        one.kind = RowKind.UNCHANGED
    elif refused:
        one.say(TEXT, refused)
    elif not one.problems and one.seen != Seen(handoff.round_number, reply.version if reply else 0):
        one.kind = RowKind.STALE
        one.say(VERSION, STALE)
    elif not one.problems and answer is not None:
        one.kind = RowKind.CHANGED
        problems = problems_of_reply(answer.kind, answer.text, answer.planned_on)
        one.missing = [words for said in problems.values() for words in said]


def _refusal(handoff: Handoff, reply: Reply | None, actor: User) -> str:
    """Why the reply cannot be written now, in words, "" when it can (回答の時期・権限)."""
    if handoff.state is HandoffState.SENT:
        return NOT_TAKEN
    try:
        authorize_write(actor, handoff)
        check_writable(handoff)
        check_draft(reply)
    except DomainError as error:
        return error.message
    return ""


def _origin(one: JudgedRow) -> Origin | None:
    """Where the row says it is from (行の出どころ), None when that is not readable."""
    numbers: list[int] = []
    for name in NEEDED:
        cell = one.row.cells[name]
        if cell.fault:
            one.say(name, cell.fault)
        elif name in (ID, ROUND, VERSION):
            number = _number(cell.text)
            if number < 0:
                one.say(name, NO_NUMBER)
            else:
                numbers.append(number)
    return Origin(*numbers) if len(numbers) == len(Origin._fields) else None


def _answer(one: JudgedRow) -> SheetAnswer | None:
    """Read the answer of a row (回答のセル), None when a cell of it is not readable."""
    cells = one.row.cells
    before = len(one.problems)
    kinds = {label: kind for kind, label in REPLY_KIND_LABELS.items()}
    kind = kinds.get("".join(cells[KIND].text.split()))
    if kind is None and not is_blank(cells[KIND].text):
        listed = "、".join(kinds)
        one.say(KIND, f"種別にない値です。次のいずれかを書いてください：{listed}")
    planned_on: date | None = None
    if not is_blank(cells[PLANNED_ON].text):
        try:
            planned_on = parse_date(cells[PLANNED_ON].text)
        except DateFormatError as error:
            one.say(PLANNED_ON, error.message)
    is_readable = len(one.problems) == before and not any(cells[name].fault for name in ANSWER)
    return SheetAnswer(kind, cells[TEXT].text, planned_on) if is_readable else None


def _check_reference(one: JudgedRow, handoff: Handoff) -> None:
    if one.row.cells[REFERENCE].text != handoff.proposal.reference:
        one.say(REFERENCE, OTHER_NUMBER.format(reference=handoff.proposal.reference))


def _check_length(one: JudgedRow, answer: SheetAnswer) -> None:
    over = count_characters(answer.text) - TEXT_LIMIT
    if over > 0:
        one.say(TEXT, f"回答は{TEXT_LIMIT:,}文字以内で書いてください（{over:,}文字超えています）")


def _command(seen: Seen, answer: SheetAnswer) -> SaveReply:
    return SaveReply(seen=seen, kind=answer.kind, text=answer.text, planned_on=answer.planned_on)


def _number(text: str) -> int:
    """A number in a cell, -1 for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else -1
