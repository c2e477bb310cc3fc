"""Pages and files of the reports over HTTP (報告・集計の画面)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.rounds.services import publish_figures
from tests.accounts.browser import let_in
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_pending,
    make_world,
)

NAMES = ("intake", "classification", "pending")
CASE_READERS = ("officer1", "lead", "auditor")
STATISTICS_READERS = ("admin", "observer")
OTHERS = ("city", "city-mgr", "ministry", "coordinator")


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    make_classified(world)
    make_pending(world)
    db_session.commit()
    return world


def statuses(client: FlaskClient, login: str) -> list[int]:
    let_in(client, login)
    return [client.get(f"/reports/{name}?round=R6").status_code for name in NAMES]


@pytest.mark.parametrize("login", CASE_READERS)
@pytest.mark.usefixtures("world")
def test_secretariat_reads_every_report(client: FlaskClient, login: str) -> None:
    assert statuses(client, login) == [200, 200, 200]


@pytest.mark.parametrize("login", STATISTICS_READERS)
@pytest.mark.usefixtures("world")
def test_others_see_nothing_before_publication(client: FlaskClient, login: str) -> None:
    assert statuses(client, login) == [404, 404, 404]
    assert "見られる報告はありません" in client.get("/reports").text


@pytest.mark.parametrize("login", STATISTICS_READERS)
def test_others_see_the_published_statistics(
    client: FlaskClient, db_session: Session, world: World, login: str
) -> None:
    publish_figures(world.round, {"proposals": 2}, actor=world["admin"])
    db_session.commit()

    assert statuses(client, login) == [200, 200, 404]


@pytest.mark.parametrize("login", OTHERS)
@pytest.mark.usefixtures("world")
def test_bodies_and_ministries_have_no_reports(client: FlaskClient, login: str) -> None:
    assert statuses(client, login) == [403, 403, 403]


@pytest.mark.usefixtures("world")
def test_figures_lead_the_secretariat_to_the_cases(client: FlaskClient) -> None:
    let_in(client, "lead")

    page = client.get("/reports/classification?round=R6").text

    assert 'href="/proposals?round=R6&amp;category=f5"' in page
    assert 'href="/proposals?round=R6&amp;state=pending"' in page


def test_figures_are_plain_for_the_others(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    publish_figures(world.round, {"proposals": 2}, actor=world["admin"])
    db_session.commit()
    let_in(client, "observer")

    pages = [client.get(f"/reports/{name}?round=R6").text for name in NAMES[:2]]

    assert ["/proposals?" in page for page in pages] == [False, False]
    assert ["公表値との照合" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("csv-cp932", "text/csv; charset=windows-31j; header=present"),
        ("json", "application/json"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
@pytest.mark.usefixtures("world")
def test_file_has_its_type_and_name(client: FlaskClient, form: str, content_type: str) -> None:
    let_in(client, "lead")

    answer = client.get(f"/reports/classification?round=R6&format={form}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    extension = form.split("-", maxsplit=1)[0]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="R6_classification_')
    assert disposition.endswith(f".{extension}")


def test_lost_letters_are_reported_before_the_download(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    make_pending(world).title = "𠮷野家の共通化"
    db_session.commit()
    let_in(client, "lead")

    asked = client.get("/reports/pending?round=R6&format=csv-cp932")
    agreed = client.get("/reports/pending?round=R6&format=csv-cp932&replace=1")

    assert asked.status_code == 422
    assert "U+20BB7" in asked.text
    assert "Content-Disposition" not in asked.headers
    assert "〓野家の共通化" in agreed.data.decode("cp932")


@pytest.mark.usefixtures("world")
def test_unknown_report_and_form_are_refused_in_words(client: FlaskClient) -> None:
    let_in(client, "lead")

    report = client.get("/reports/backlogs")
    form = client.get("/reports/intake?format=pdf")

    assert report.status_code == 404
    assert "intake（募集の概要）" in report.text
    assert form.status_code == 422
    assert "csv-cp932" in form.text


def test_hidden_case_is_neither_on_the_page_nor_in_the_file(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    hidden = make_pending(world)
    hidden.title = "隠された提案"
    declare_conflict(world["officer1"], proposal=hidden)
    db_session.commit()
    let_in(client, "officer1")

    page = client.get("/reports/pending?round=R6")
    file = client.get("/reports/pending?round=R6&format=csv")

    assert "利益相反のある提案を除いた件数です。" in page.text
    assert "隠された提案" not in page.text
    assert "隠された提案" not in file.data.decode("utf-8-sig")


def test_text_of_a_proposal_is_never_markup(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    make_pending(world).title = "<script>alert(1)</script>"
    db_session.commit()
    let_in(client, "lead")

    page = client.get("/reports/pending?round=R6").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a14_practice_round_shows_figures_and_gives_no_file(
    client: FlaskClient, world: World, db_session: Session
) -> None:
    world.round.is_practice = True
    db_session.commit()
    let_in(client, "lead")

    page = client.get("/reports/classification?round=R6")
    file = client.get("/reports/classification?round=R6&format=csv")

    assert (page.status_code, file.status_code) == (200, 403)
    assert "練習用の募集回の件数です" in page.get_data(as_text=True)
    assert "format=csv" not in page.get_data(as_text=True)
    assert "ファイルには出力しません" in file.get_data(as_text=True)
