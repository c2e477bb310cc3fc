"""Changing a register by a file (台帳の取込み): what would happen, then all of it or nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.registers.content import (
    LARGEST_NUMBER,
    EntryContent,
    changed_fields,
    content_of,
    read_content,
    read_number,
    texts_of,
)
from app.registers.models import EntryAct, Register, RegisterEntry
from app.registers.policy import authorize_edit
from app.registers.queries import link_targets, rows_of
from app.registers.services.checking import check_contents, lock_register, next_number
from app.registers.services.editing import check_reason, record_entry
from app.registers.services.reading import Fault, FileRow
from app.registers.services.writing import keep_version, new_entry, write_all
from app.registers.structure import NUMBER, EntryField, columns_of

RETIRED = "廃止した行です。行を使うには、先に廃止を取り消してください"
TWICE = "同じ番号の行が、このファイルの{row}行目にもあります"
NOTHING = "変わるところがありません。取り込むものはありませんでした。"


@dataclass(frozen=True, kw_only=True)
class ChangedCell:
    """One column of a row that gets another text (変わるセル)."""

    column: EntryField
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PlannedRow:
    """A row of the file and what it would do (取込みの行); `entry` is None for a new row."""

    row: int
    content: EntryContent
    entry: RegisterEntry | None = None
    cells: tuple[ChangedCell, ...] = ()


@dataclass
class ImportPlan:
    """What a file would do to a register (取込みの確認)."""

    new: list[PlannedRow] = field(default_factory=list)
    changed: list[PlannedRow] = field(default_factory=list)
    unchanged: int = 0
    missing: list[RegisterEntry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportRegister:
    """A file whose effects were looked at (取込み): `seen` is of the plan that was shown.

    `retire_ids` are rows missing in the file that are to be retired with it.
    """

    rows: Sequence[FileRow]
    seen: str
    retire_ids: frozenset[int]
    reason: str


def plan_import(
    register: Register, rows: Sequence[FileRow], faults: Sequence[Fault] = ()
) -> ImportPlan:
    """Say what a file would do (取込みの確認); nothing is written."""
    return _Planning(register, rows, faults).plan


def import_register(register: Register, command: ImportRegister, *, actor: User) -> ImportPlan:
    """Carry a file out (取込み), all of it or nothing; return what was done.

    Raises InvalidInput when a row is faulty or nothing changes, StaleVersion when the register
    changed since the plan was shown.
    """
    authorize_edit(actor)
    check_reason(command.reason)
    lock_register(register)
    plan = plan_import(register, command.rows)
    if plan.seen != command.seen:
        raise StaleVersion
    if plan.faults:
        raise InvalidInput({"": [f"{fault.row}行目 {fault.words}" for fault in plan.faults]})
    retired = [entry for entry in plan.missing if entry.id in command.retire_ids]
    if not (plan.new or plan.changed or retired):
        raise InvalidInput({"": [NOTHING]})
    _write(plan, command.reason, actor)
    for entry in retired:
        entry.retired_at = clock.now()
        entry.content_version += 1
        keep_version(entry, EntryAct.RETIRED, actor=actor, reason=command.reason)
        record_entry("register.retire", entry, reason=command.reason, actor=actor, fields=[])
    plan.missing = retired
    return plan


def _write(plan: ImportPlan, reason: str, actor: User) -> None:
    pairs = [(row.entry or new_entry(row.content), row.content) for row in plan.new + plan.changed]
    write_all(pairs, link_targets())
    for (entry, _content), planned in zip(pairs, plan.new + plan.changed, strict=True):
        is_new = planned.entry is None
        if not is_new:
            entry.content_version += 1
        act = EntryAct.ADDED if is_new else EntryAct.IMPORTED
        verb = "register.add" if is_new else "register.import"
        keep_version(entry, act, actor=actor, reason=reason)
        fields = [cell.column.name for cell in planned.cells]
        record_entry(verb, entry, reason=reason, actor=actor, fields=fields)


class _Planning:
    """One look at a file: the register as it is, and as the file would leave it."""

    def __init__(
        self, register: Register, rows: Sequence[FileRow], faults: Sequence[Fault]
    ) -> None:
        self.register = register
        self.plan = ImportPlan(faults=list(faults))
        self.entries = {entry.number: entry for entry in rows_of(register)}
        self.plan.seen = seen_of(list(self.entries.values()))
        self.next = max(next_number(register), *(_written_number(row) + 1 for row in rows))
        self.rows: dict[int, int] = {}
        self.contents: dict[int, EntryContent] = {}
        for row in rows:
            self._look_at(row)
        self._judge()
        self.plan.missing = [
            entry
            for number, entry in self.entries.items()
            if number not in self.rows and not entry.is_retired
        ]
        self.plan.faults.sort(key=lambda fault: fault.row)

    def _look_at(self, row: FileRow) -> None:
        number = self._number(row)
        if number is None:
            return
        self.rows[number] = row.row
        entry = self.entries.get(number)
        if entry is not None and entry.is_retired:
            self._say(row.row, NUMBER.label, RETIRED)
            return
        before = texts_of(content_of(entry)) if entry else {}
        try:
            content = read_content(self.register, {**before, **row.texts, "number": str(number)})
        except InvalidInput as error:
            self._say_all(row.row, error.errors)
            return
        self.contents[number] = content
        self._sort_in(row.row, content, entry, before)

    def _sort_in(
        self, row: int, content: EntryContent, entry: RegisterEntry | None, before: dict[str, str]
    ) -> None:
        if entry is None:
            self.plan.new.append(PlannedRow(row=row, content=content))
            return
        after = texts_of(content)
        cells = tuple(
            ChangedCell(column=column, before=before[column.name], after=after[column.name])
            for column in changed_fields(before, after, self.register)
        )
        if cells:
            planned = PlannedRow(row=row, content=content, entry=entry, cells=cells)
            self.plan.changed.append(planned)
        else:
            self.plan.unchanged += 1

    def _number(self, row: FileRow) -> int | None:
        text = row.texts.get(NUMBER.name, "")
        try:
            number = read_number(text, NUMBER.label) if text else self._new_number()
        except ValueError as error:
            self._say(row.row, NUMBER.label, str(error))
            return None
        if number < 1:
            self._say(row.row, NUMBER.label, "番号は1以上の数字で入力してください")
        elif number in self.rows:
            self._say(row.row, NUMBER.label, TWICE.format(row=self.rows[number]))
        else:
            return number
        return None

    def _new_number(self) -> int:
        self.next += 1
        return self.next - 1

    def _judge(self) -> None:
        others = [
            content_of(entry)
            for number, entry in self.entries.items()
            if number not in self.contents and not entry.is_retired
        ]
        final = [*others, *self.contents.values()]
        found = check_contents(final, set(self.contents), link_targets())
        for number, errors in found.items():
            self._say_all(self.rows[number], errors)

    def _say_all(self, row: int, errors: dict[str, list[str]]) -> None:
        labels = {column.name: column.label for column in columns_of(self.register)}
        for name, messages in errors.items():
            for words in messages:
                self._say(row, labels.get(name, name), words)

    def _say(self, row: int, label: str, words: str) -> None:
        self.plan.faults.append(Fault(row, label, words))


def _written_number(row: FileRow) -> int:
    text = row.texts.get(NUMBER.name, "")
    return int(text) if text.isdecimal() and len(text) < len(str(LARGEST_NUMBER)) else 0


def seen_of(entries: Sequence[RegisterEntry]) -> str:
    """A mark of a register as it stands (台帳の現状): another one after any change of a row."""
    state = sorted((entry.number, entry.content_version) for entry in entries)
    return hashlib.sha256(repr(state).encode()).hexdigest()
