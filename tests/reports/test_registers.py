"""Registers as the meeting paper prints them (台帳の報告)."""

import json

import pytest
from sqlalchemy.orm import Session

from app.registers.load import read_entries
from app.registers.models import Register
from app.registers.queries import get_entry
from app.registers.services import add_entries
from app.registers.services.editing import RetireEntry, retire_entry
from app.reports.catalog import REPORTS
from app.reports.files import FileFormat, report_bytes, report_json
from tests.factories import World, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    add_entries(read_entries())
    return world


@pytest.mark.parametrize(
    ("name", "rows", "total"),
    [
        ("bunken", 14, 16),
        ("closely-related", 21, 21),
        ("keiyu-jimu", 11, 478),
        ("keiyu-chosa", 13, 232),
    ],
)
def test_report_has_the_sums_of_the_source(world: World, name: str, rows: int, total: int) -> None:
    report = REPORTS[name].build(world.round, world["lead"])

    assert (len(report.table.rows), report.total, report.is_sound) == (rows, total, True)


def test_json_carries_the_keys_of_the_source(world: World) -> None:
    found = {
        name: json.loads(report_json(REPORTS[name].build(world.round, None)))["rows"]
        for name in ("bunken", "closely-related", "keiyu-jimu", "keiyu-chosa")
    }

    assert found["bunken"][8]["control_numbers"] == "79;56"
    assert found["closely-related"][15] == {
        "seq": 16,
        "field": "子育て関係",
        "system": "こども医療費助成システム",
        "linked_standard_services": "住民基本台帳;個人住民税;国民健康保健;生活保護;子育て支援",
        "linked_entries": "住民基本台帳;個人住民税;国民健康保険;生活保護;子ども・子育て支援",
    }
    assert found["keiyu-jimu"][0] == {
        "class": "1",
        "class_label": "経由がなくなったもの",
        "kind": "",
        "procedures": 18,
        "examples": "国立公園法施行令の改正により経由事務が廃止 等",
        "response_policy": "対象外",
    }
    assert [row["surveys"] for row in found["keiyu-chosa"]] == [
        *(72, 58, 43, 26, 13),
        *(5, 3, 3, 3, 2, 2, 1, 1),
    ]


def test_csv_prints_lists_as_the_source_does(world: World) -> None:
    report = REPORTS["bunken"].build(world.round, None)

    text = report_bytes(report, FileFormat.CSV, produced_by="").decode("utf-8-sig")

    assert text.splitlines()[0] == (
        "番号,分類,分類の名称,分権提案,共通システム,年,管理番号,対応方針"
    )
    assert ",令和6年,79、56,共通化の対象候補とする" in text


def test_retired_row_is_not_printed(world: World) -> None:
    entry = get_entry(Register.KEIYU_CHOSA, 1)
    retire_entry(entry, RetireEntry(version=1, reason="廃止"), actor=world["lead"])

    report = REPORTS["keiyu-chosa"].build(world.round, None)

    assert (len(report.table.rows), report.total, report.is_sound) == (12, 160, True)
