"""A register as a file (台帳の出力), with the columns that the import reads."""

from collections.abc import Sequence
from enum import StrEnum

from app.core import clock
from app.core.tabular import XLSX_TYPE, Column, Kind, Table, to_csv, to_xlsx
from app.registers.content import content_of, texts_of
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.registers.structure import EntryField, FieldKind, columns_of


class RegisterFormat(StrEnum):
    """Form of a file (出力形式)."""

    XLSX = "xlsx"
    CSV = "csv"


CONTENT_TYPES = {
    RegisterFormat.XLSX: XLSX_TYPE,
    RegisterFormat.CSV: "text/csv; charset=utf-8; header=present",
}
_KINDS: dict[FieldKind, Kind] = {FieldKind.INTEGER: "integer", FieldKind.DATE: "date"}
_WIDTHS = {FieldKind.TEXT: 50, FieldKind.LINE: 32, FieldKind.ALIASES: 60, FieldKind.NAMES: 40}


def register_table(register: Register, entries: Sequence[RegisterEntry]) -> Table:
    """The rows of a register under the labels of its source (台帳の表)."""
    columns = columns_of(register)
    return Table(
        title=REGISTER_LABELS[register],
        columns=[_column(column) for column in columns],
        rows=[_row(entry, columns) for entry in entries],
    )


def register_bytes(table: Table, form: RegisterFormat, *, produced_by: str) -> bytes:
    """Content of the file (出力の内容); a text that looks like a formula stays a text."""
    if form is RegisterFormat.CSV:
        return to_csv(table, bom=True)
    return to_xlsx(table, produced_at=clock.now(), produced_by=produced_by)


def _column(column: EntryField) -> Column:
    return Column(
        column.name,
        column.label,
        kind=_KINDS.get(column.kind, "text"),
        width=_WIDTHS.get(column.kind, 14),
    )


def _row(entry: RegisterEntry, columns: Sequence[EntryField]) -> dict[str, object]:
    content = content_of(entry)
    texts = texts_of(content)
    return {
        column.name: getattr(content, column.name) if column.kind in _KINDS else texts[column.name]
        for column in columns
    }
