"""The demo makes the tables of the meeting paper come out as printed (会議資料の表)."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.core.tabular import to_csv
from app.reports.catalog import REPORTS
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
