"""The backlog on the screen (滞留の画面): every cell leads to the same cases, for each reader."""

import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.reports.backlog.services import store_snapshot
from app.reports.catalog import REPORTS
from app.reports.counting import Counting, read_counting
from app.reports.files import FileFormat, report_bytes
from app.rounds.queries import get_round
from tests.accounts.browser import let_in
from tests.architecture.tables import uneven_tables
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_returned,
    make_submitted,
    make_world,
)

MONDAY = clock.jst(2024, 9, 2, 7)
FRIDAY = clock.jst(2024, 9, 13, 9)
CELL = re.compile(r'<a href="(/proposals\?[^"]*)">([0-9,]+)<')
FOUND = re.compile(r'role="status"><b>([0-9,]+)件</b>')


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2024, 8, 30, 9)):
        world = make_world()
        make_classified(world)
        make_returned(world)
        make_submitted(world)
    with clock.at(MONDAY):
        make_in_review(world)
        make_in_confirmation(world)
        make_pending(world)
    with clock.at(clock.jst(2024, 9, 2, 9)):
        make_submitted(world)
    db_session.commit()
    return world


@pytest.mark.parametrize("as_of", ["", "&as_of=2024-09-02"])
@pytest.mark.usefixtures("world")
def test_every_figure_leads_to_as_many_cases(client: FlaskClient, as_of: str) -> None:
    with clock.at(FRIDAY):
        let_in(client, "lead")
        page = client.get(f"/reports/backlog?round=R6{as_of}").text
        links = {unescape(url): number for url, number in CELL.findall(page)}
        found = {url: FOUND.findall(client.get(url).text) for url in links}

    assert len(links) > 10
    assert found == {url: [number] for url, number in links.items()}


@pytest.mark.usefixtures("world")
def test_plain_past_day_is_eight_in_the_morning_and_today_is_now() -> None:
    with clock.at(FRIDAY):
        counts = [
            REPORTS["backlog"].make(get_round("R6"), None, read_counting({"as_of": text})).total
            for text in ("2024-09-02", "2024-09-02T08:00", "2024-09-02T10:00", "2024-09-13", "")
        ]

    assert counts == [6, 6, 7, 7, 7]


def test_reader_with_a_conflict_sees_neither_case_nor_another_count(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    with clock.at(FRIDAY):
        store_snapshot(clock.jst(2024, 9, 3, 8))
        declare_conflict(world["officer2"], body=world["city"].organization)
        db_session.commit()
        let_in(client, "officer2")
        pages = [
            client.get(f"/reports/backlog{path}").text
            for path in ("?round=R6", "/snapshots/R6/daily/2024-09-03", "/snapshots?round=R6")
        ]

    assert [page.count("R6-00") for page in pages] == [0, 0, 0]
    assert ["滞留している提案はありません" in page for page in pages] == [True, True, False]
    assert "分類確定前" not in pages[2]


@pytest.mark.usefixtures("world")
def test_stored_day_has_page_and_workbook(client: FlaskClient, db_session: Session) -> None:
    with clock.at(FRIDAY):
        store_snapshot(clock.jst(2024, 9, 3, 8))
        db_session.commit()
        let_in(client, "auditor")
        shown = client.get("/reports/backlog/snapshots?round=R6").text
        page = client.get("/reports/backlog/snapshots/R6/daily/2024-09-03").text
        assert uneven_tables(page) == []
        book = client.get("/reports/backlog/snapshots/R6/daily/2024-09-03?format=xlsx")
        bad = [
            client.get(f"/reports/backlog/snapshots/R6/{address}").status_code
            for address in ("daily/2024-09-04", "weekly/2024-09-03", "yearly/2024-09-03", "daily/x")
        ]

    assert "/reports/backlog/snapshots/R6/daily/2024-09-03" in shown
    assert "今の再現と一致しています" in page
    assert book.headers["Content-Disposition"].startswith(
        'attachment; filename="R6_backlog_20240903.xlsx"'
    )
    assert bad == [404, 404, 404, 404]


def test_subscription_is_changed_on_its_page(client: FlaskClient, world: World) -> None:
    let_in(client, "officer1")
    first = client.get("/reports/backlog/subscriptions").text
    client.post("/reports/backlog/subscriptions", data={"daily": "y"})
    second = client.get("/reports/backlog/subscriptions").text
    let_in(client, "lead")

    seen_by_lead = client.get("/reports/backlog/subscriptions").text

    assert ("checked" in first, second.count("checked")) == (False, 1)
    assert "購読している人" not in second
    assert f"{world['officer1'].label}、{world['lead'].label}" in seen_by_lead


@pytest.mark.usefixtures("world")
def test_workbook_has_a_sheet_for_each_table_and_json_the_total() -> None:
    with clock.at(FRIDAY):
        report = REPORTS["backlog"].make(get_round("R6"), None, Counting())
        data = json.loads(report_bytes(report, FileFormat.JSON, produced_by="試験"))

    assert [table.title for table in report.more_tables] == [
        "持ち主別",
        "期限超過",
        "古い順",
        "提案",
        "府省庁別の送付",
    ]
    assert (data["total"], sum(row["count"] for row in data["rows"])) == (7, 7)
    assert [check["is_ok"] for check in data["checks"]] == [True, True, True]
