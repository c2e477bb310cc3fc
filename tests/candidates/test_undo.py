"""Undoing a move or a line of the candidates (取消し)."""

from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.candidates.models import CandidateMove
from app.candidates.queries import (
    all_candidates_of,
    candidates_of,
    candidates_to_choose,
    milestones_of,
)
from app.candidates.services.course import (
    MoveCandidate,
    PlanDates,
    ReportProgress,
    move,
    plan_dates,
    report_progress,
)
from app.candidates.services.link import LinkCase, link_case, unlink_case
from app.candidates.services.undo import Undo, cancel_line, undo_move
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.workflow.candidates import CandidateState, ProgressStatus
from tests.accounts.browser import enter
from tests.candidates.lists import add, go_to, step
from tests.factories import World, make_classified, make_world

NOW = clock.jst(2024, 11, 12, 10)
_S = CandidateState


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def test_last_move_is_taken_back_and_its_days_with_it(world: World, db_session: Session) -> None:
    candidate = add(world)
    dates = PlanDates(
        version=candidate.version, planned={_S.AGREED: date(2025, 3, 3)}, reason="工程表"
    )
    plan_dates(candidate, dates, actor=world["lead"])
    go_to(world, candidate, _S.CONSULTED)
    before = _days(candidate.id)
    step(world, candidate, _S.STUDYING)
    undo = Undo(version=candidate.version, reason="誤って選んだ")

    undo_move(candidate, undo, actor=world["lead"])

    db_session.commit()
    assert (candidate.state, _days(candidate.id)) == (_S.CONSULTED, before)
    last = db_session.get_one(CandidateMove, candidate.moves[-1].id)
    assert (last.to_state, last.taken_back_reason) == (_S.STUDYING, "誤って選んだ")
    with pytest.raises(StaleVersion):
        undo_move(candidate, undo, actor=world["lead"])


def test_day_of_a_move_taken_back_binds_no_later_one(world: World) -> None:
    candidate = add(world)
    step(world, candidate, _S.SELECTED)
    undo_move(candidate, Undo(version=candidate.version, reason="日の誤り"), actor=world["lead"])
    earlier = MoveCandidate(
        version=candidate.version,
        target=_S.SELECTED,
        decided_on=date(2024, 11, 5),
        reason="協議会で決定",
    )

    move(candidate, earlier, actor=world["lead"])

    assert _days(candidate.id) == {_S.SELECTED: (None, date(2024, 11, 5))}


def test_move_is_not_taken_back_without_right_reason_or_after_a_report(world: World) -> None:
    candidate = add(world)
    with pytest.raises(IllegalTransition, match="取り消せる進行がありません"):
        undo_move(candidate, Undo(version=candidate.version, reason="x"), actor=world["lead"])
    go_to(world, candidate, _S.AGREED)
    with pytest.raises(NotAllowed):
        undo_move(candidate, Undo(version=candidate.version, reason="x"), actor=world["officer1"])
    with pytest.raises(InvalidInput):
        undo_move(candidate, Undo(version=candidate.version, reason=" "), actor=world["lead"])
    report = ReportProgress(
        status=ProgressStatus.ON_SCHEDULE,
        text="公示した",
        reported_on=date(2024, 11, 12),
        next_on=date(2025, 1, 14),
    )
    report_progress(candidate, report, actor=world["coordinator"])

    with pytest.raises(IllegalTransition, match="進捗報告がある"):
        undo_move(candidate, Undo(version=candidate.version, reason="x"), actor=world["lead"])


def test_cancelled_line_is_kept_and_stands_nowhere(world: World, db_session: Session) -> None:
    candidate, case = add(world, mark=3), make_classified(world)
    link_case(candidate, case, LinkCase(reason="当たる"), actor=world["lead"])
    with pytest.raises(IllegalTransition, match="案件がつながっている"):
        cancel_line(candidate, Undo(version=candidate.version, reason="x"), actor=world["lead"])
    unlink_case(candidate, case, reason="外す", actor=world["lead"])

    cancel_line(candidate, Undo(version=candidate.version, reason="二重"), actor=world["lead"])

    db_session.commit()
    assert all_candidates_of(world.round) == []
    assert candidates_of(world.round, world["coordinator"]) == []
    assert candidates_to_choose(case) == []
    assert add(world, "別のシステム", mark=3).printed_mark == "③"
    with pytest.raises(IllegalTransition, match="取り消されています"):
        step(world, candidate, _S.SELECTED)


def test_selected_line_is_not_cancelled(world: World) -> None:
    candidate = add(world)
    step(world, candidate, _S.SELECTED)

    with pytest.raises(IllegalTransition, match="先に進行を取り消すか"):
        cancel_line(candidate, Undo(version=candidate.version, reason="x"), actor=world["lead"])


def test_lead_undoes_on_the_pages(app: Flask, world: World, db_session: Session) -> None:
    candidate = add(world, mark=1)
    step(world, candidate, _S.SELECTED)
    db_session.commit()
    lead, address = enter(app, "lead"), f"/candidates/{candidate.id}"
    assert f"{address}/move/undo" in lead.get(address).text
    empty = lead.post(f"{address}/move/undo", data={"version": candidate.version, "reason": ""})

    undone = lead.post(
        f"{address}/move/undo", data={"version": candidate.version, "reason": "誤り"}
    )
    db_session.expire_all()
    cancelled = lead.post(
        f"{address}/cancel",
        data={"version": candidate.version, "reason": "二重に登録"},
        follow_redirects=True,
    )

    assert (empty.status_code, undone.status_code) == (422, 302)
    assert "取り消した行を見る（1行）" in unescape(cancelled.text)
    page = unescape(lead.get(address).text)
    assert ("二重に登録" in page, f"{address}/edit" in page) == (True, False)
    assert enter(app, "ministry").get(address).status_code == 404
    assert enter(app, "officer1").get(f"{address}/cancel").status_code == 403


def _days(candidate_id: int) -> dict[CandidateState, tuple[date | None, date | None]]:
    rows = milestones_of([candidate_id]).get(candidate_id, [])
    return {row.state: (row.planned_on, row.reached_on) for row in rows}
