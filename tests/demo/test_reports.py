"""The demo makes the tables of the meeting paper come out as printed (会議資料の表)."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.tabular import to_csv
from app.reports.backlog.matrix import Backlog
from app.reports.backlog.models import SnapshotKind
from app.reports.backlog.queries import find_snapshot, measure
from app.reports.backlog.rows import from_stored
from app.reports.backlog.services import store_snapshot
from app.reports.catalog import REPORTS
from app.reports.counting import read_counting
from app.reports.report import Report
from app.rounds.queries import get_round

DATA = Path(__file__).parents[2] / "app" / "demo" / "data"


def report_of(name: str) -> Report:
    return REPORTS[name].build(get_round("R6"), None)


def printed(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(name: str) -> list[dict[str, str]]:
    text = to_csv(report_of(name).table, bom=False)
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.usefixtures("demo_session")
def test_classification_table_is_the_printed_one() -> None:
    rows = [
        (row["記号"], row["分類"], row["対応方針"], row["件数"])
        for row in written("classification")
    ]

    assert rows == [
        (row["code"], row["label"], row["response_policy"], row["published_count"])
        for row in printed("categories.csv")
    ]


@pytest.mark.usefixtures("demo_session")
def test_pending_list_is_the_printed_one() -> None:
    labels = {row["org_type"]: row["label"] for row in printed("organizations_by_type.csv")}

    rows = [tuple(row.values()) for row in written("pending")]

    assert rows == [
        (row["number"], row["title"], row["detail"], labels[row["org_type"]])
        for row in printed("pending_proposals.csv")
    ]


@pytest.mark.usefixtures("demo_session")
def test_bodies_by_type_are_the_printed_ones() -> None:
    expected = {
        row["org_type"]: int(row["organizations"]) for row in printed("organizations_by_type.csv")
    }

    values = {row["key"]: row["value"] for row in report_of("intake").records.rows}

    assert {key: values[key] for key in expected} == expected
    assert (values["proposals"], values["organizations"]) == (232, 74)


@pytest.mark.parametrize(
    ("name", "words"),
    [("intake", "7行すべて一致"), ("classification", "12行すべて一致"), ("pending", "一致")],
)
def test_every_report_agrees_with_the_paper(demo_session: Session, name: str, words: str) -> None:
    report = report_of(name)

    assert report.comparison is not None
    assert (report.comparison.words, report.is_sound) == (words, True)


def test_backlog_of_a_past_day_is_what_the_job_of_that_day_stores(demo_session: Session) -> None:
    moment = clock.jst(2024, 9, 2, 8)
    report = REPORTS["backlog"].make(get_round("R6"), None, read_counting({"as_of": "2024-09-02"}))

    with clock.at(moment):
        store_snapshot(moment)
    found = find_snapshot(get_round("R6"), SnapshotKind.DAILY, moment.date())
    stored = [from_stored(row) for row in found.rows] if found else []
    demo_session.rollback()

    assert isinstance(report.content, Backlog)
    assert (report.total, report.is_sound) == (232, True)
    assert measure(get_round("R6"), None, moment) == stored
