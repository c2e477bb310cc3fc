"""Rules over a whole register (台帳の確認): what rows may not have in common, what they link to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select

from app.core.eras import format_year
from app.core.text import search_key
from app.extensions import db
from app.registers.content import EntryContent
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.registers.queries import entries_of, with_parts
from app.registers.services.writing import LinkTargets
from app.registers.structure import LINKED_REGISTER

# Messages by field, of a row by its number.
Errors = dict[int, dict[str, list[str]]]


class _Taken(NamedTuple):
    """Which rows, by number, have a title (its search key) or a 管理番号 of a year."""

    titles: Mapping[str, list[int]]
    numbers: Mapping[tuple[int | None, int], list[int]]


def lock_register(register: Register) -> list[RegisterEntry]:
    """Read all rows of a register for changing them (台帳の確保): two editors take turns."""
    statement = with_parts(entries_of(register)).with_for_update()
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def check_contents(
    final: Iterable[EntryContent], touched: set[int], linkable: LinkTargets
) -> Errors:
    """Judge a register as it would stand (台帳の確認): `final` has every row that is in use.

    Only the rows in `touched`, by number, are complained of.
    """
    rows = list(final)
    taken = _taken_by(rows)
    errors: Errors = {}
    for row in rows:
        if row.number in touched:
            found = {**_link_errors(row, linkable), **_twin_errors(row, taken)}
            if found:
                errors[row.number] = found
    return errors


def _link_errors(row: EntryContent, linkable: LinkTargets) -> dict[str, list[str]]:
    unknown = [name for name in row.linked_names if search_key(name) not in linkable]
    if unknown:
        label = REGISTER_LABELS[LINKED_REGISTER]
        words = f"「{'」「'.join(unknown)}」は{label}の台帳に名称も別名もありません"
        return {"linked_names": [words]}
    targets = [linkable[search_key(name)] for name in row.linked_names]
    if len(set(targets)) < len(targets):
        return {"linked_names": ["同じ業務が2つあります。1つにしてください"]}
    return {}


def _twin_errors(row: EntryContent, taken: _Taken) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    twins = [number for number in taken.titles[search_key(row.title)] if number != row.number]
    if twins:
        errors["title"] = [f"同じ名称の行があります（番号{twins[0]}）"]
    for number in row.control_numbers:
        holders = [held for held in taken.numbers[row.year, number] if held != row.number]
        if holders:
            errors.setdefault("control_numbers", []).append(
                f"{format_year(row.year or 0)}の管理番号{number}は、番号{holders[-1]}の行にあります"
            )
    return errors


def _taken_by(rows: Iterable[EntryContent]) -> _Taken:
    taken = _Taken(titles=defaultdict(list), numbers=defaultdict(list))
    for row in rows:
        taken.titles[search_key(row.title)].append(row.number)
        for number in row.control_numbers:
            taken.numbers[row.year, number].append(row.number)
    return taken


def next_number(register: Register) -> int:
    """The number of the next row of the register (次の番号); a number is never given again."""
    numbers = db.session.scalars(
        select(RegisterEntry.number).where(RegisterEntry.register == register)
    )
    return max(numbers, default=0) + 1
