"""Filling the registers (台帳の登録): once, and over rows of before the history."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.registers.models import Register, RegisterEntry, RegisterEntryVersion
from app.registers.queries import get_entry, names_of, rows_of
from app.registers.services import Loaded, NewEntry, add_entries, load_registers


def test_first_run_adds_every_row_and_a_second_one_nothing(db_session: Session) -> None:
    first = load_registers()
    second = load_registers()
    db_session.commit()

    assert (first, second) == (Loaded(104, 0), Loaded(0, 0))
    assert db_session.scalar(select(func.count(RegisterEntryVersion.id))) == 104
    recorded = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "register.load"))
    assert [event.changes for event in recorded] == [{"added": 104, "completed": 0}]


def test_row_of_before_the_history_is_completed_and_keeps_its_id(db_session: Session) -> None:
    old = RegisterEntry(
        register=Register.BUNKEN,
        number=9,
        title="生活保護法第29条に基づく資産調査",
        detail="B-2／管理番号：79、56（出典：令和６年分権提案）",
        ministry_name="",
        as_of=date(2024, 8, 27),
    )
    db_session.add(old)
    db_session.flush()
    old_id = old.id

    loaded = load_registers()

    assert loaded == Loaded(103, 1)
    row = get_entry(Register.BUNKEN, 9)
    assert (row.id, row.group_code, row.detail, row.content_version) == (old_id, "B-2", "", 1)
    assert [(number.year, number.number) for number in row.control_numbers] == [
        (2024, 79),
        (2024, 56),
    ]


def test_row_that_was_changed_since_is_left_alone(db_session: Session) -> None:
    load_registers()
    row = get_entry(Register.DPI, 1)
    row.title, row.content_version = "マイナンバーカード（変更後）", 2
    db_session.flush()

    load_registers()

    assert get_entry(Register.DPI, 1).title == "マイナンバーカード（変更後）"


def test_links_lead_to_the_rows_that_are_meant(db_session: Session) -> None:
    load_registers()

    links = get_entry(Register.CLOSELY_RELATED, 16).links

    assert [(link.printed_name, link.linked.title) for link in links] == [
        ("住民基本台帳", "住民基本台帳"),
        ("個人住民税", "個人住民税"),
        ("国民健康保健", "国民健康保険"),
        ("生活保護", "生活保護"),
        ("子育て支援", "子ども・子育て支援"),
    ]


def test_names_begin_with_the_printed_title(db_session: Session) -> None:
    load_registers()
    [row] = [row for row in rows_of(Register.COMMON_SYSTEM) if row.title == "J-Grants"]

    assert names_of([row])[row.id][:3] == ["J-Grants", "Jグランツ", "jGrants"]


def test_row_without_aliases_has_its_title_alone(db_session: Session) -> None:
    add_entries([NewEntry(register=Register.DPI, number=1, title="基盤", as_of=date(2024, 4, 1))])
    row = get_entry(Register.DPI, 1)

    assert names_of([row]) == {row.id: ["基盤"]}
