"""Rows of the registers that the tests speak of (台帳の行)."""

from datetime import date

from app.extensions import db
from app.registers.models import ControlNumber, Register, RegisterEntry
from app.rounds.services import NewCategory, add_category
from app.workflow.states import FollowUp
from tests.factories import World

HOUSING = "市営住宅の家賃を決めるため、公営住宅管理システムに所得を入力している。"


def add_row(register: Register, number: int, title: str, **values: object) -> RegisterEntry:
    entry = RegisterEntry(
        register=register,
        number=number,
        title=title,
        detail="",
        ministry_name=values.pop("ministry_name", ""),
        as_of=date(2024, 8, 27),
        **values,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def add_housing() -> RegisterEntry:
    return add_row(Register.CLOSELY_RELATED, 8, "公営住宅管理システム")


def add_bunken(world: World, *, year: int, number: int) -> RegisterEntry:
    category = NewCategory(
        code="B",
        key="bunken",
        label="分権提案に該当するもの",
        short_label="分権提案",
        response_policy="",
        follow_up=FollowUp.INFORM,
        is_evidence_required=True,
        available_from=date(2024, 4, 1),
    )
    if "bunken" not in {row.key for row in world.round.scheme.categories}:
        add_category(world.round.scheme, category, actor=world["admin"])
    entry = add_row(Register.BUNKEN, number, f"特別弔慰金の請求{number}")
    entry.control_numbers.append(ControlNumber(year=year, number=number, position=0))
    db.session.flush()
    return entry
