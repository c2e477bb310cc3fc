"""Changing the registers by hand (台帳の編集)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.registers.history import history_of
from app.registers.models import AliasKind, Register, RegisterEntry
from app.registers.queries import all_entries, count_by_register, get_entry, versions_of
from app.registers.services.editing import (
    AddAlias,
    AddEntry,
    ChangeEntry,
    RemoveAlias,
    RetireEntry,
    add_alias,
    add_entry,
    change_entry,
    remove_alias,
    restore_entry,
    retire_entry,
)
from tests.factories import World

NEW = {"title": "国税・地方税の電子申告", "as_of": "令和6年9月1日", "source": "会議資料"}
BUNKEN = {**NEW, "year": "令和6年", "control_numbers": "101、102"}


def change(entry: RegisterEntry, **texts: str) -> ChangeEntry:
    return ChangeEntry(version=entry.content_version, texts=texts, reason="資料の改定")


def retire(entry: RegisterEntry) -> RetireEntry:
    return RetireEntry(version=entry.content_version, reason="制度の廃止")


def test_new_row_gets_the_next_number_and_a_version(world: World, db_session: Session) -> None:
    entry = add_entry(
        Register.COMMON_SYSTEM, AddEntry(texts=NEW, reason="資料に追加"), actor=world["lead"]
    )
    db_session.commit()

    [version] = history_of(entry.register, versions_of(entry))
    assert (entry.number, entry.title, entry.content_version) == (11, NEW["title"], 1)
    assert (version.who, version.act, version.reason) == (
        world["lead"].label,
        "行を加えました",
        "資料に追加",
    )


def test_change_keeps_what_the_row_held(world: World, db_session: Session) -> None:
    entry = get_entry(Register.KEIYU_CHOSA, 1)

    change_entry(entry, change(entry, quantity="73", examples="定員管理調査"), actor=world["admin"])
    db_session.commit()

    latest, first = history_of(entry.register, versions_of(entry))
    assert (entry.quantity, entry.content_version) == (73, 2)
    assert [(field.label, field.before, field.after) for field in latest.changes][:1] == [
        ("経由調査数", "72", "73")
    ]
    assert (first.act, first.who) == ("原本から登録しました", "システム")
    event = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "register.change")).one()
    assert (event.subject_version, event.reason, event.changes["fields"]) == (
        2,
        "資料の改定",
        ["quantity", "examples"],
    )


def test_change_after_anothers_is_refused(world: World) -> None:
    entry = get_entry(Register.DPI, 1)
    stale = change(entry, title="個人番号カード等")
    change_entry(entry, change(entry, detail="別の説明"), actor=world["lead"])

    with pytest.raises(StaleVersion):
        change_entry(entry, stale, actor=world["lead"])


@pytest.mark.parametrize("login", ["officer1", "auditor"])
def test_readers_may_not_change(world: World, login: str) -> None:
    entry = get_entry(Register.DPI, 1)

    with pytest.raises(NotAllowed):
        change_entry(entry, change(entry, title="別の名称"), actor=world[login])


@pytest.mark.parametrize(
    ("texts", "errors"),
    [
        (
            {"control_numbers": "79"},
            {"control_numbers": ["令和6年の管理番号79は、番号9の行にあります"]},
        ),
        ({"control_numbers": "1、1"}, {"control_numbers": ["管理番号に同じ番号が2つあります"]}),
        ({"year": "いつか"}, {"year": ["年は「令和6年」「2024」のように入力してください"]}),
        ({"title": ""}, {"title": ["分権提案を入力してください"]}),
        (
            {"title": "建築計画概要書等の閲覧に係る統一的な電子システムの導入等"},
            {"title": ["同じ名称の行があります（番号14）"]},
        ),
    ],
)
def test_faulty_row_is_refused_by_column(
    world: World, texts: dict[str, str], errors: dict[str, list[str]]
) -> None:
    command = AddEntry(texts={**BUNKEN, **texts}, reason="追加")

    with pytest.raises(InvalidInput) as refused:
        add_entry(Register.BUNKEN, command, actor=world["lead"])

    assert refused.value.errors == errors


def test_link_to_no_row_is_refused(world: World) -> None:
    entry = get_entry(Register.CLOSELY_RELATED, 1)

    with pytest.raises(InvalidInput) as refused:
        change_entry(entry, change(entry, linked_names="住基、水道"), actor=world["lead"])

    assert refused.value.errors == {
        "linked_names": ["「水道」は20業務の台帳に名称も別名もありません"]
    }


def test_link_by_an_alias_is_kept_as_it_is_written(world: World) -> None:
    entry = get_entry(Register.CLOSELY_RELATED, 1)

    change_entry(entry, change(entry, linked_names="国保、住基"), actor=world["lead"])

    assert [(link.printed_name, link.linked.title) for link in entry.links] == [
        ("国保", "国民健康保険"),
        ("住基", "住民基本台帳"),
    ]


def test_retired_row_is_offered_no_more_and_comes_back(world: World) -> None:
    entry = get_entry(Register.DPI, 2)
    before = count_by_register()[Register.DPI]

    retire_entry(entry, retire(entry), actor=world["lead"])
    without = [row.id for row in all_entries()]
    counted = count_by_register()[Register.DPI]
    restore_entry(entry, retire(entry), actor=world["lead"])

    assert (before, counted) == (6, 5)
    assert entry.id not in without
    assert entry.id in [row.id for row in all_entries()]
    assert [change.act for change in history_of(entry.register, versions_of(entry))] == [
        "廃止を取り消しました",
        "廃止しました",
        "原本から登録しました",
    ]


def test_retired_row_is_not_changed(world: World) -> None:
    entry = get_entry(Register.DPI, 2)
    retire_entry(entry, retire(entry), actor=world["lead"])

    with pytest.raises(IllegalTransition):
        change_entry(entry, change(entry, title="別の名称"), actor=world["lead"])


def test_alias_comes_and_goes_with_its_reason(world: World) -> None:
    entry = get_entry(Register.DPI, 6)
    command = AddAlias(
        version=1, text="国のクラウド", kind=AliasKind.OTHER_NAME, reason="団体の言い方"
    )

    add_alias(entry, command, actor=world["lead"])
    added = entry.aliases[-1]
    names = [alias.text for alias in entry.aliases]
    remove_alias(
        entry, RemoveAlias(version=2, alias_id=added.id, reason="広すぎる"), actor=world["lead"]
    )

    latest = history_of(entry.register, versions_of(entry))[0]
    assert names == ["ガバクラ", "政府共通クラウド", "GovCloud", "国のクラウド"]
    assert [alias.text for alias in entry.aliases] == names[:3]
    assert (latest.content_version, latest.reason, latest.changes[0].label) == (
        3,
        "広すぎる",
        "別名",
    )


@pytest.mark.parametrize(
    ("text", "field"), [("ガバクラ", "text"), ("ガバメントクラウド", "text"), ("雲", "text")]
)
def test_alias_that_adds_nothing_is_refused(world: World, text: str, field: str) -> None:
    entry = get_entry(Register.DPI, 6)
    command = AddAlias(version=1, text=text, kind=AliasKind.RELATED, reason="理由")

    with pytest.raises(InvalidInput) as refused:
        add_alias(entry, command, actor=world["lead"])

    assert list(refused.value.errors) == [field]
