"""Log of what was read and handed out (閲覧・出力の記録, P22, P23, M2)."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent, ReadLog
from app.audit.reading_digest import KEPT_DAYS, broken_days, seal_readings
from app.core import clock
from app.extensions import db
from app.jobs.retention import erase_expired
from app.proposals.models import Proposal
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_handoff, make_world
from tests.factories import make_classified as classified

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(app: Flask, db_session: Session) -> Iterator[World]:
    app.extensions["read_log"].clear()
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world
    app.extensions["read_log"].clear()


@pytest.fixture
def case(world: World, db_session: Session) -> Proposal:
    case = make_accepted(world)
    db_session.commit()
    return case


def get(app: Flask, login: str, path: str) -> TestResponse:
    """Open a page to its end: what was read is written when the answer has gone out."""
    answer = enter(app, login).get(path)
    answer.close()
    return answer


def rows() -> list[tuple[str, str, int, str]]:
    return [
        (row.subject_type, row.part, row.user_id, row.source)
        for row in db.session.scalars(select(ReadLog).order_by(ReadLog.part, ReadLog.user_id))
    ]


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def test_p22_each_part_of_a_case_is_noted_once_in_ten_minutes(
    app: Flask, world: World, case: Proposal
) -> None:
    path = f"/proposals/{case.receipt_number}"
    officer, city = world["officer1"].id, world["city"].id

    for login, page in (("officer1", ""), ("officer1", ""), ("city", ""), ("officer1", "/history")):
        assert get(app, login, path + page).status_code == 200
    with clock.at(NOW + timedelta(minutes=11)):
        get(app, "officer1", path)

    assert sorted(rows()) == sorted(
        [
            ("proposal", "casework.history", officer, "127.0.0.1"),
            ("proposal", "casework.show", city, "127.0.0.1"),
            *[("proposal", "casework.show", officer, "127.0.0.1")] * 2,
        ]
    )


def test_desk_of_a_ministry_is_noted(app: Flask, world: World, db_session: Session) -> None:
    handoff = make_handoff(world, classified(world))
    db_session.commit()

    get(app, "coordinator", f"/handoffs/{handoff.id}")

    assert rows() == [("proposal", "handoffs.desk", world["coordinator"].id, "127.0.0.1")]


def test_hidden_page_and_list_are_not_noted(app: Flask, world: World, case: Proposal) -> None:
    hidden = get(app, "other", f"/proposals/{case.receipt_number}")
    get(app, "officer1", "/proposals?round=R6")

    assert (hidden.status_code, rows()) == (404, [])


def test_page_is_read_although_nothing_can_be_noted(
    app: Flask, world: World, case: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OperationalError("database is locked", None, Exception())

    monkeypatch.setattr("app.audit.reading._insert", refuse)

    answer = get(app, "officer1", f"/proposals/{case.receipt_number}")

    assert (answer.status_code, rows()) == (200, [])


def test_p22_file_is_handed_out_with_an_entry_and_never_without(
    app: Flask, world: World, case: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/proposals/{case.receipt_number}/receipt.pdf"
    handed = get(app, "city", path)
    entries = db.session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "download.hand_out")
    ).all()

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database is locked", None, Exception())

    monkeypatch.setattr("app.audit.reading.record", refuse)
    refused = get(app, "city", path)

    assert (handed.status_code, handed.mimetype) == (200, "application/pdf")
    assert [(row.actor_id, row.changes) for row in entries] == [
        (
            world["city"].id,
            {
                "endpoint": "proposals.receipt_slip",
                "address": {"receipt_number": case.receipt_number},
                "filters": [],
                "format": "application/pdf",
                "cases": [case.id],
            },
        )
    ]
    assert (refused.status_code, "application/pdf" in refused.mimetype) == (503, False)


def test_auditor_searches_by_case_and_by_person(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    number = case.receipt_number
    get(app, "officer1", f"/proposals/{number}")
    declared = make_accepted(world)
    db_session.commit()
    get(app, "officer1", f"/proposals/{declared.receipt_number}")
    declare_conflict(world["auditor"], proposal=declared)
    db_session.commit()

    by_case = main_of(get(app, "auditor", f"/audit/readings?case={number}&first=2024-08-20"))
    by_person = main_of(get(app, "auditor", "/audit/readings?person=officer1"))
    hidden = main_of(get(app, "auditor", f"/audit/readings?case={declared.receipt_number}"))
    before = main_of(get(app, "auditor", f"/audit/readings?case={number}&last=2024-08-19"))

    assert ("事務局 officer1" in by_case, "内容・連絡先" in by_case) == (True, True)
    # The case it must not know of is neither named nor counted.
    assert ("1件" in by_person, declared.receipt_number in by_person) == (True, False)
    assert "案件は見つかりません" in hidden
    assert "この条件の閲覧の記録はありません" in before
    assert {row[:2] for row in rows() if row[2] == world["auditor"].id} == {
        ("proposal", "readings.index"),
        ("read_log", "readings.index"),
        ("user", "readings.index"),
    }


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "受付番号か、利用者のログイン名を入力してください"),
        ("person=nobody", "利用者はいません"),
        ("person=officer1&first=2024-13-01", "読み取れません"),
        ("person=officer1&first=0001-01-01", "読み取れません"),
        ("person=officer1&first=2024-08-02&last=2024-08-01", "終わりの日が、始まりの日より前"),
        ("person=officer1&page=99&cursor=x", "記録はありません"),
    ],
)
def test_odd_search_is_answered_in_words(app: Flask, world: World, query: str, words: str) -> None:
    page = get(app, "auditor", f"/audit/readings?{query}")

    assert (page.status_code, words in main_of(page)) == (200, True)


def test_only_the_auditor_reads_the_log(app: Flask, world: World) -> None:
    logins = ("lead", "admin", "city-mgr", "coordinator", "observer")

    assert {get(app, login, "/audit/readings").status_code for login in logins} == {403}


def test_p23_day_is_sealed_once_and_a_change_shows(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    get(app, "officer1", f"/proposals/{case.receipt_number}")
    get(app, "city", f"/proposals/{case.receipt_number}")
    with clock.at(NOW + timedelta(days=1)):
        sealed = [seal_readings(clock.now())]
        db_session.commit()
        sealed.append(seal_readings(clock.now()))
        whole = broken_days()
        db_session.execute(update(ReadLog).values(source="10.0.0.1"))
        changed = broken_days()
        db_session.execute(delete(ReadLog))
        emptied = broken_days()

    assert sealed == [2, 0]
    assert (whole, changed, emptied) == ([], [NOW.date()], [NOW.date()])


def test_p23_log_is_kept_for_more_than_a_year(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    get(app, "officer1", f"/proposals/{case.receipt_number}")
    kept = []

    for days in (366, KEPT_DAYS, KEPT_DAYS + 1):
        erase_expired(NOW + timedelta(days=days))
        kept.append(len(rows()))

    assert kept == [1, 1, 0]
