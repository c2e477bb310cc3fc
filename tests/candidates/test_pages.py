"""The screens of the candidates (対象候補の画面)."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.candidates.models import Candidate
from app.candidates.queries import exemption_of, links_of
from app.core import clock
from app.proposals.models import Proposal
from app.workflow.candidates import CandidateState
from tests.accounts.browser import enter
from tests.candidates.lists import add, go_to
from tests.factories import World, make_classified, make_closed, make_world

NOW = clock.jst(2024, 11, 12, 10)
LINE = {"system": "新しいシステム", "kind": "candidate", "ministries": "厚生労働省", "mark": "3"}


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def candidate(world: World, db_session: Session) -> Candidate:
    row = add(world, mark=1)
    db_session.commit()
    return row


@pytest.fixture
def case(world: World, db_session: Session) -> Proposal:
    row = make_classified(world)
    db_session.commit()
    return row


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def test_lead_writes_a_line_and_plans_and_moves_it(app: Flask, world: World) -> None:
    lead = enter(app, "lead")
    assert "この募集回の対象候補はまだありません" in main_of(lead.get("/candidates"))
    refused = lead.post("/candidates/new", data={**LINE, "ministries": "（厚生労働省）"})
    assert (refused.status_code, "担当府省庁がありません" in refused.text) == (422, True)

    address = lead.post("/candidates/new", data=LINE).location
    dates = {"version": "1", "selected": "令和6年11月23日", "reason": "工程表"}
    planned = lead.post(f"{address}/dates", data=dates, follow_redirects=True)
    step = {"version": "2", "target": "selected", "decided_on": "2024-11-12", "reason": "決定"}
    moved = lead.post(f"{address}/move", data=step, follow_redirects=True)

    assert "勤労感謝の日" in main_of(planned)
    page = main_of(moved)
    assert ("③新しいシステム" in page, "を「選定」に進めました" in page) == (True, True)
    assert page.count("button-primary") == 1
    assert lead.post(f"{address}/move", data=step).status_code == 409
    listed = main_of(enter(app, "observer").get("/candidates"))
    assert ("新しいシステム" in listed, "案件" in listed.split("<table")[1]) == (True, False)


def test_bad_input_is_told_and_kept(app: Flask, candidate: Candidate) -> None:
    lead, address = enter(app, "lead"), f"/candidates/{candidate.id}"
    for path, data in {
        "move": {"version": "1", "target": "x", "decided_on": "昨日", "reason": "覚え"},
        "dates": {"version": "1", "selected": "32日", "reason": "覚え"},
        "edit": {**LINE, "version": "1", "mark": "二", "reason": "覚え"},
        "cases/new": {"receipt_number": "R6-9999", "reason": "覚え"},
        "register-rows": {"entry_id": "9999999999"},
    }.items():
        answer = lead.post(f"{address}/{path}", data=data)

        assert (path, answer.status_code) == (path, 422)
        assert path == "register-rows" or "覚え" in main_of(answer)


def test_case_is_linked_from_both_sides_or_has_a_reason(
    app: Flask, candidate: Candidate, case: Proposal, db_session: Session
) -> None:
    officer, number = enter(app, "officer1"), case.receipt_number
    assert "対象候補か、ない理由が要ります" in main_of(officer.get(f"/proposals/{number}"))

    officer.post(f"/proposals/{number}/no-candidate", data={"reason": "当面なし"})
    assert "当面なし" in main_of(officer.get(f"/proposals/{number}"))
    officer.post(f"/proposals/{number}/no-candidate/withdraw")
    assert exemption_of(case) is None
    sent = {"candidate_id": str(candidate.id), "reason": "題名が当たる"}
    officer.post(f"/proposals/{number}/candidates/new", data=sent)

    page = main_of(officer.get(f"/candidates/{candidate.id}"))
    assert (number in page, "題名が当たる" in page) == (True, True)
    assert "①入札参加資格審査システム" in main_of(officer.get(f"/proposals/{number}"))
    history = main_of(officer.get(f"/proposals/{number}/history"))
    assert ("対象候補につなぎました" in history, "対象候補 ①" in history) == (True, True)
    removed = officer.post(
        f"/candidates/{candidate.id}/cases/{number}/remove", data={"reason": "誤り"}
    )
    db_session.expire_all()
    assert (removed.status_code, links_of(case)) == (302, [])
    again = {"receipt_number": number, "reason": "当たる"}
    officer.post(f"/candidates/{candidate.id}/cases/new", data=again)
    assert [row.reason for row in links_of(case)] == ["当たる"]


def test_ministry_reports_and_others_are_kept_out(
    app: Flask, world: World, candidate: Candidate, db_session: Session
) -> None:
    address = f"/candidates/{candidate.id}"
    assert enter(app, "observer").get(address).status_code == 404
    assert enter(app, "digital").get(address).status_code == 404
    assert enter(app, "city").get(address).status_code == 403
    go_to(world, candidate, CandidateState.AGREED)
    db_session.commit()
    ministry = enter(app, "coordinator")
    sent = {"status": "delayed", "text": "公示が遅れた", "reported_on": "2024-11-12"}
    undated = ministry.post(f"{address}/progress-reports/new", data=sent)
    assert (undated.status_code, "次の報告の予定日を入力" in undated.text) == (422, True)
    sent["next_on"] = "2025-01-14"

    answer = ministry.post(f"{address}/progress-reports/new", data=sent)

    assert answer.status_code == 302
    page = main_of(enter(app, "observer").get(address))
    assert ("公示が遅れた" in page, "遅れあり" in page, "coordinator" in page) == (
        True,
        True,
        False,
    )
    assert enter(app, "ministry").get(f"{address}/progress-reports/new").status_code == 403


def test_body_reads_of_its_candidate_after_the_end_only(
    app: Flask, world: World, candidate: Candidate, case: Proposal, db_session: Session
) -> None:
    closed = make_closed(world)
    db_session.commit()
    lead, city = enter(app, "lead"), enter(app, "city")
    for row in (case, closed):
        sent = {"candidate_id": str(candidate.id), "reason": "内部の理由"}
        lead.post(f"/proposals/{row.receipt_number}/candidates/new", data=sent)

    before = main_of(city.get(f"/proposals/{case.receipt_number}"))
    after = main_of(city.get(f"/proposals/{closed.receipt_number}"))

    assert "対象候補につながりました" not in before
    assert ("入札参加資格審査システム" in after, "内部の理由" in after) == (True, False)
