"""Finding register entries (台帳の検索)."""

from sqlalchemy import Select, func, select

from app.extensions import db
from app.registers.models import Register, RegisterEntry


def entries_of(register: Register) -> Select[RegisterEntry]:
    """Rows of a register in its own order (台帳の一覧)."""
    return (
        select(RegisterEntry)
        .where(RegisterEntry.register == register)
        .order_by(RegisterEntry.number, RegisterEntry.id)
    )


def all_entries() -> list[RegisterEntry]:
    """Rows of all registers, register by register (台帳の全行)."""
    statement = select(RegisterEntry).order_by(RegisterEntry.register, RegisterEntry.number)
    return list(db.session.scalars(statement))


def count_by_register() -> dict[Register, int]:
    """Number of rows of each register, 0 for an empty one (台帳の件数)."""
    counted = db.session.execute(
        select(RegisterEntry.register, func.count()).group_by(RegisterEntry.register)
    )
    return dict.fromkeys(Register, 0) | {row[0]: row[1] for row in counted}
