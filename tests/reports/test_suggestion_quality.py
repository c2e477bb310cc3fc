"""The report on the suggestions as a file (候補の品質の出力)."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.reports.suggestion_quality import COLUMNS, build_suggestion_quality
from app.suggestions.engine import suggest
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, give_opinion, make_in_review, make_world

PATH = "/reports/suggestion-quality"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(clock.jst(2024, 8, 20, 10)):
        world = make_world()
        proposal = make_in_review(world)
        proposal.title, proposal.requested_measure = "台帳の行の事務", "台帳の行を扱うこと。"
        db_session.flush()
        give_opinion(world, proposal, key="types", suggested=tuple(suggest(proposal)))
        declare_conflict(world["officer2"], proposal=proposal)
        db_session.commit()
        yield world


def test_table_has_a_line_for_every_line_of_the_page(world: World) -> None:
    table = build_suggestion_quality(world["lead"])

    found = [
        (row["counted_by"], row["month"], row["shown"], row["near_rate"]) for row in table.rows
    ]
    assert found == [
        ("月ごと", "令和6年8月", 1, 1.0),
        ("月ごと", "令和6年8月", 1, 1.0),
        ("台帳の古さごと", None, 1, None),
        ("台帳の古さごと", None, 0, None),
        ("台帳の古さごと", None, 0, None),
        ("候補の出し方の版ごと", None, 1, None),
    ]


def test_files_say_the_same_and_leave_out_what_the_reader_may_not_see(
    app: Flask, world: World
) -> None:
    lead = enter(app, "lead")
    as_csv = lead.get(f"{PATH}?format=csv").get_data().decode("utf-8-sig")
    as_cp932 = lead.get(f"{PATH}?format=csv-cp932").get_data().decode("cp932")
    as_json = json.loads(lead.get(f"{PATH}?format=json").text)
    of_officer2 = enter(app, "officer2").get(f"{PATH}?format=csv").get_data().decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(as_csv)))
    assert rows[0] == [column.label for column in COLUMNS]
    assert (len(rows), len(as_json["rows"])) == (7, 6)
    assert as_cp932 == as_csv
    assert list(csv.reader(io.StringIO(of_officer2))) == rows[:1]


@pytest.mark.parametrize(
    ("login", "query", "status"),
    [
        ("auditor", "?format=xlsx", 200),
        ("lead", "", 302),
        ("lead", "?format=pdf", 422),
        ("observer", "?format=csv", 403),
        ("city", "?format=csv", 403),
    ],
)
@pytest.mark.usefixtures("world")
def test_file_is_for_who_sees_the_cases(app: Flask, login: str, query: str, status: int) -> None:
    answer = enter(app, login).get(PATH + query)

    assert answer.status_code == status
    named = answer.headers.get("Content-Disposition", "")
    assert ('filename="suggestion-quality_20240820.xlsx"' in named) is (status == 200)


@pytest.mark.usefixtures("world")
def test_index_and_page_lead_to_the_files(app: Flask) -> None:
    link = f'href="{PATH}?format=xlsx"'

    pages = [
        enter(app, "lead").get(path).text for path in ("/reports", "/triage/suggestion-quality")
    ]

    assert [link in page for page in pages] == [True, True]
    assert 'href="/triage/suggestion-quality"' in pages[0]
