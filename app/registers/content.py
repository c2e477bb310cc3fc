"""What a row of a register holds (台帳の行の内容), as typed values and as texts.

The texts are what forms, files and the history share; they are read back to the same values.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.eras import DateFormatError, format_year, parse_date
from app.core.errors import InvalidInput
from app.core.text import count_characters, normalize_input
from app.registers.models import ALIAS_KIND_LABELS, AliasKind, Register, RegisterEntry
from app.registers.structure import EntryField, FieldKind, columns_of

LIST_MARK = "、"
ALIAS_MARK = "｜"
LONGEST_ALIAS = 100
LONGEST_REASON = 300
LONGEST_NAME = 100
LARGEST_NUMBER = 999_999
MOST_DIGITS = 20  # leading zeros among them; more is no number that anybody typed
_SEPARATOR = re.compile(r"[、,，;；\s]+")
_KIND_OF_LABEL = {label: kind for kind, label in ALIAS_KIND_LABELS.items()}


@dataclass(frozen=True, kw_only=True)
class Alias:
    """Another word for a row (別名), and why it stands for it."""

    text: str
    kind: AliasKind
    reason: str


@dataclass(frozen=True, kw_only=True)
class EntryContent:
    """Content of one row (行の内容). `linked_names` are words of the source (連携先)."""

    register: Register
    number: int
    title: str
    as_of: date
    detail: str = ""
    ministry_name: str = ""
    field: str = ""
    group_code: str = ""
    group_label: str = ""
    existing_system: str = ""
    year: int | None = None
    control_numbers: tuple[int, ...] = ()
    linked_names: tuple[str, ...] = ()
    quantity: int | None = None
    examples: str = ""
    response_policy: str = ""
    source: str = ""
    aliases: tuple[Alias, ...] = ()


PLAIN_COLUMNS = (
    "title",
    "as_of",
    "detail",
    "ministry_name",
    "field",
    "group_code",
    "group_label",
    "existing_system",
    "quantity",
    "examples",
    "response_policy",
    "source",
)


def content_of(entry: RegisterEntry) -> EntryContent:
    """What a row holds now (いまの内容)."""
    return EntryContent(
        register=entry.register,
        number=entry.number,
        **{name: getattr(entry, name) for name in PLAIN_COLUMNS},
        year=entry.control_numbers[0].year if entry.control_numbers else None,
        control_numbers=tuple(row.number for row in entry.control_numbers),
        linked_names=tuple(link.printed_name for link in entry.links),
        aliases=tuple(
            Alias(text=row.text, kind=row.kind, reason=row.reason) for row in entry.aliases
        ),
    )


# --- As texts -------------------------------------------------------------------------------------


def texts_of(content: EntryContent) -> dict[str, str]:
    """The row as texts by the columns of its register (行の文字列): 2024 is 令和6年."""
    return {column.name: _text(content, column) for column in columns_of(content.register)}


def _text(content: EntryContent, column: EntryField) -> str:
    value = getattr(content, column.name)
    if value is None:
        return ""
    if column.kind is FieldKind.YEAR:
        return format_year(value)
    if column.kind is FieldKind.ALIASES:
        return "\n".join(alias_line(alias) for alias in value)
    if column.kind in (FieldKind.NUMBERS, FieldKind.NAMES):
        return LIST_MARK.join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def alias_line(alias: Alias) -> str:
    """An alias as one line of a file (別名の1行): 別称｜Jグランツ｜出典の表記."""
    return ALIAS_MARK.join((ALIAS_KIND_LABELS[alias.kind], alias.text, alias.reason))


# --- From texts -----------------------------------------------------------------------------------


def read_content(register: Register, texts: Mapping[str, str]) -> EntryContent:
    """Read the texts of a row (行の読取り); a column that is not there is empty.

    `number` is a number already. Raises InvalidInput with the messages by column.
    """
    values: dict[str, Any] = {"number": int(texts["number"])}
    errors: dict[str, list[str]] = {}
    for column in (column for column in columns_of(register) if column.name != "number"):
        text = normalize_input(texts.get(column.name, ""))
        try:
            values[column.name] = _read(column, text)
        except ValueError as error:
            errors[column.name] = [str(error)]
    if errors:
        raise InvalidInput(errors)
    return EntryContent(register=register, **values)


def _read(column: EntryField, text: str) -> object:
    if column.is_required and not text:
        raise ValueError(f"{column.label}を入力してください")
    # A line fills a column of so many code points; a longer text has a column without an end.
    length = len(text) if column.kind is FieldKind.LINE else count_characters(text)
    over = length - column.limit
    if over > 0:
        raise ValueError(
            f"{column.label}は{column.limit:,}文字以内で入力してください（{over:,}文字超えています）"
        )
    reader = _READERS.get(column.kind)
    return reader(text, column.label) if reader else text


def read_number(text: str, label: str) -> int:
    """Read a whole number of at most six digits, also in full width. Raises ValueError."""
    plain = text.replace(",", "").replace("，", "")
    is_short = len(plain) <= MOST_DIGITS
    if not (is_short and plain.isdecimal() and int(plain) <= LARGEST_NUMBER):
        raise ValueError(f"{label}は{LARGEST_NUMBER:,}までの数字で入力してください")
    return int(plain)


def _read_integer(text: str, label: str) -> int | None:
    return read_number(text, label) if text else None


def _read_line(text: str, label: str) -> str:
    if "\n" in text:
        raise ValueError(f"{label}は1行で入力してください")
    return text


def _read_date(text: str, label: str) -> date:
    try:
        return parse_date(text)
    except DateFormatError as error:
        raise ValueError(error.message) from error


def _read_year(text: str, label: str) -> int:
    year = text.removesuffix("度").removesuffix("年")
    try:
        return parse_date(f"{year}年12月31日").year
    except DateFormatError as error:
        raise ValueError(f"{label}は「令和6年」「2024」のように入力してください") from error


def _read_numbers(text: str, label: str) -> tuple[int, ...]:
    numbers = tuple(read_number(part, label) for part in _SEPARATOR.split(text) if part)
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"{label}に同じ番号が2つあります")
    if 0 in numbers or not numbers:
        raise ValueError(f"{label}は1以上の数字で入力してください")
    return numbers


def _read_names(text: str, label: str) -> tuple[str, ...]:
    names = tuple(part for part in re.split(r"[、,，;；\n]+", text) if part.strip())
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValueError(f"{label}は1つ{LONGEST_NAME}文字以内で、読点で区切ってください")
    return tuple(name.strip() for name in names)


def _read_aliases(text: str, label: str) -> tuple[Alias, ...]:
    aliases = tuple(read_alias_line(line) for line in text.splitlines() if line.strip())
    texts = [alias.text for alias in aliases]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise ValueError(f"{label}「{twice}」が2つあります")
    return aliases


def read_alias_line(line: str) -> Alias:
    """Read one line of a file as an alias (別名の読取り). Raises ValueError in words."""
    parts = [part.strip() for part in line.replace("|", ALIAS_MARK).split(ALIAS_MARK)]
    if len(parts) != 3 or parts[0] not in _KIND_OF_LABEL:
        known = LIST_MARK.join(ALIAS_KIND_LABELS.values())
        raise ValueError(
            f"別名「{line[:40]}」を「種類｜語｜理由」の形に直してください。種類は{known}"
        )
    _label, text, reason = parts
    problem = alias_problem(text, reason)
    if problem:
        raise ValueError(problem[1])
    return Alias(text=text, kind=_KIND_OF_LABEL[parts[0]], reason=reason)


def alias_problem(text: str, reason: str) -> tuple[str, str] | None:
    """What is wrong with an alias (別名の誤り): its field and words; None when nothing is."""
    if count_characters(text) < 2 or len(text) > LONGEST_ALIAS:
        return "text", f"別名は2文字以上{LONGEST_ALIAS}文字以内で入力してください"
    if not count_characters(reason) or len(reason) > LONGEST_REASON:
        return "reason", f"別名の理由を{LONGEST_REASON}文字以内で入力してください"
    if any(mark in text + reason for mark in (ALIAS_MARK, "|", "\n")):
        return "text", "別名と理由に「｜」と改行は使えません"
    return None


_READERS: Mapping[FieldKind, Callable[[str, str], object]] = {
    FieldKind.LINE: _read_line,
    FieldKind.INTEGER: _read_integer,
    FieldKind.DATE: _read_date,
    FieldKind.YEAR: _read_year,
    FieldKind.NUMBERS: _read_numbers,
    FieldKind.NAMES: _read_names,
    FieldKind.ALIASES: _read_aliases,
}


def changed_fields(
    before: Mapping[str, str], after: Mapping[str, str], register: Register
) -> list[EntryField]:
    """Columns whose text differs (変わった列), in the order of the register."""
    return [
        column
        for column in columns_of(register)
        if before.get(column.name, "") != after.get(column.name, "")
    ]
