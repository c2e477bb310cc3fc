"""Later dates for one case (期限の延長): asked, decided by another, kept through a stop."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import events_of
from app.casework.deadlines import deadlines_of
from app.casework.history import history_entries
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.deadlines.models import ChangeKind, ExtensionRequest
from app.deadlines.queries import changes_of, waiting_requests
from app.deadlines.services.extensions import (
    Decide,
    Extend,
    ask_extension,
    decide_extension,
    extend,
)
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal
from app.triage.services.pending import Hold, Resume, hold, resume
from app.workflow.terms import Term
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_in_review,
    make_pending,
    make_returned,
    make_world,
)

NOW = clock.jst(2024, 8, 27, 10)
LATER = date(2024, 9, 20)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOW):
        return make_world()


def wanted(case: Proposal, due_on: date | None = LATER, reason: str = "照会の回答待ち") -> Extend:
    return Extend(version=case.version, due_on=due_on, reason=reason)


def said(case: Proposal, request: ExtensionRequest, is_approved: bool | None = True) -> Decide:
    return Decide(
        version=case.version, request_id=request.id, is_approved=is_approved, reason="認める理由"
    )


def letters(name: str) -> list[int]:
    rows = select(OutboxMessage.recipient_id).where(OutboxMessage.letter == name)
    return sorted(db.session.scalars(rows))


def subjects(name: str) -> set[str]:
    rows = select(OutboxMessage.subject).where(OutboxMessage.letter == name)
    return set(db.session.scalars(rows))


def test_request_is_decided_by_a_lead_and_told(world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        request = ask_extension(case, wanted(case), actor=world["officer1"])
        asked = case.due_on
        decide_extension(case, said(case, request), actor=world["lead"])
    [change] = changes_of(case)

    assert (asked, case.due_on) == (date(2024, 9, 10), LATER)
    assert (change.kind, change.old_due_on, change.new_due_on) == (
        ChangeKind.EXTENSION,
        date(2024, 9, 10),
        LATER,
    )
    assert (change.asked_by, change.decided_by) == (world["officer1"], world["lead"])
    assert letters("extension_decided") == [world["officer1"].id]
    assert subjects("extension_decided") == {
        f"【共通化提案】{case.receipt_number} の期限の延長：認める（期限は9月20日（金））"
    }


def test_p29_nobody_decides_an_own_request_nor_goes_round_it(world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world, reviewer="lead")
        request = ask_extension(case, wanted(case), actor=world["lead"])

        with pytest.raises(NotAllowed):
            decide_extension(case, said(case, request), actor=world["lead"])
        with pytest.raises(IllegalTransition):
            extend(case, wanted(case), actor=world["lead"])


def test_refused_request_keeps_the_date_and_says_why(world: World) -> None:
    with clock.at(NOW):
        case = make_returned(world)
        request = ask_extension(case, wanted(case), actor=world["city"])
        silent = replace(said(case, request, False), reason=" ")
        with pytest.raises(InvalidInput):
            decide_extension(case, silent, actor=world["lead"])
        decide_extension(case, said(case, request, False), actor=world["lead"])
        own = deadlines_of(case, world["city-mgr"])

    assert case.due_on == date(2024, 9, 3)
    assert [(row.result, row.decision_reason) for row in own.requests] == [
        ("認めなかった（事務局）", "認める理由")
    ]


def test_lead_extends_also_after_the_date_is_over_and_to_a_holiday(world: World) -> None:
    with clock.at(NOW):
        case = make_returned(world)
    with clock.at(clock.jst(2024, 9, 12, 10)):
        extend(case, wanted(case, date(2024, 9, 16)), actor=world["lead"])
        db.session.commit()
        running = deadlines_of(case, world["city"]).running
        entries = history_entries(
            list(db.session.scalars(events_of("proposal", case.id))),
            proposal=case,
            reader=world["city"],
        )

    assert case.due_on == date(2024, 9, 16)
    assert running is not None
    assert running.rows[-2:] == [
        (date(2024, 9, 3), "延長前の期限", 5),
        (date(2024, 9, 16), "期限（延長で指定した日）。9月12日（木）に決定", 13),
    ]
    assert "閉庁日（敬老の日）ですが、指定した日なので動かしません。" in running.notes
    assert entries[0].line.verb == "補正の期限を延長しました"
    assert "元の期限 9月3日（火）。期限 9月16日（月）" in entries[0].line.detail
    assert letters("deadlines_moved") == sorted([world["city"].id, world["city-mgr"].id])
    assert subjects("deadlines_moved") == {
        f"【共通化提案】{case.receipt_number} の期限が9月16日（月）に変わりました"
    }


def test_stopped_term_keeps_the_days_of_its_extension(world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        extend(case, wanted(case), actor=world["lead"])
    with clock.at(clock.jst(2024, 9, 18, 10)):
        command = Hold(version=case.version, reason="照会", revisit_on=date(2024, 10, 15))
        hold(case, command, actor=world["officer1"])
    with clock.at(clock.jst(2024, 10, 1, 10)):
        resume(case, Resume(version=case.version), actor=world["officer1"])
        running = running_clock(case)
        shown = deadlines_of(case, world["officer1"]).running

    # 19 and 20 September were left of it.
    assert case.due_on == date(2024, 10, 3)
    assert running is not None
    assert (running.office_days, running.days_used) == (17, 15)
    assert shown is not None
    assert shown.rows[:2] == [
        (date(2024, 8, 27), "始まりの日（初日不算入）", 0),
        (date(2024, 9, 18), "停止（10月1日（火）まで数えない）。ここまで15日", 15),
    ]


def test_continued_term_keeps_the_rule_it_began_under(world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
    with clock.at(clock.jst(2024, 9, 2, 10)):
        command = Hold(version=case.version, reason="照会", revisit_on=date(2024, 10, 15))
        hold(case, command, actor=world["officer1"])
    next(row for row in world.round.terms if row.term is Term.REVIEW).office_days = 30
    with clock.at(clock.jst(2024, 10, 1, 10)):
        resume(case, Resume(version=case.version), actor=world["officer1"])

    assert case.due_on == date(2024, 10, 9)


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (None, "延長後の期限を入力してください"),
        (date(2024, 8, 26), "延長後の期限は、今日以後の日付にしてください"),
        (
            date(2024, 9, 10),
            "延長後の期限は、今の期限（令和6年9月10日（火））より後にしてください",
        ),
        (
            date(2028, 1, 4),
            "延長後の期限は、祝日が決まっている2027年までの日付にしてください",
        ),
    ],
)
def test_date_that_extends_nothing_is_refused(
    world: World, due_on: date | None, words: str
) -> None:
    with clock.at(NOW):
        case = make_in_review(world)

        with pytest.raises(InvalidInput) as refused:
            extend(case, wanted(case, due_on, " "), actor=world["lead"])

    assert refused.value.errors == {
        "reason": ["延長する理由を入力してください"],
        "due_on": [words],
    }


def test_who_may_not_and_what_can_not_be_extended(world: World) -> None:
    with clock.at(NOW):
        case, settled, pending = make_in_review(world), make_classified(world), make_pending(world)
        declare_conflict(world["lead"], proposal=case)
        old = Extend(version=case.version - 1, due_on=LATER, reason="理由")

        with pytest.raises(NotAllowed):
            ask_extension(case, wanted(case), actor=world["officer2"])
        with pytest.raises(NotAllowed):
            extend(case, wanted(case), actor=world["lead"])
        with pytest.raises(StaleVersion):
            ask_extension(case, old, actor=world["officer1"])
        for other in (settled, pending):
            with pytest.raises(IllegalTransition):
                extend(other, wanted(other), actor=world["lead"])


def test_request_ends_with_its_deadline(world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        ask_extension(case, wanted(case), actor=world["officer1"])
        waiting = waiting_requests(world["lead"])
        command = Hold(version=case.version, reason="照会", revisit_on=date(2024, 10, 15))
        hold(case, command, actor=world["officer1"])
        shown = deadlines_of(case, world["lead"])

    assert [row.proposal for row in waiting] == [case]
    assert waiting_requests(world["lead"]) == []
    assert [row.result for row in shown.requests] == ["決定の前に期限が終わった"]


def test_pages_lead_from_the_request_to_the_decision(app: Flask, world: World) -> None:
    with clock.at(NOW):
        case = make_returned(world)
        other = make_in_review(world)
        number, version = case.receipt_number, case.version
        city, lead = enter(app, "city"), enter(app, "lead")
        ask, answer = f"/proposals/{number}/extension", f"/proposals/{number}/extension-request"
        wrong = city.post(ask, data={"version": version, "due_on": "来月", "reason": ""})
        asked = city.post(ask, data={"version": version, "due_on": "R6.9.20", "reason": "議会"})
        tab, home, listed = (
            city.get(f"/proposals/{number}/deadlines"),
            lead.get("/"),
            lead.get("/extension-requests"),
        )
        again = city.post(ask, data={"version": version, "due_on": "R6.9.20", "reason": "議会"})
        request_id = db.session.scalars(select(ExtensionRequest.id)).one()
        form = {"version": version, "request_id": request_id}
        unsaid = lead.post(answer, data=form)
        odd = lead.post(answer, data={**form, "request_id": "9" * 5000, "decision": "approve"})
        decided = lead.post(answer, data={**form, "decision": "approve"})
        inner = lead.get(f"/proposals/{number}/deadlines")
        hidden = city.get(f"/proposals/{other.receipt_number}/extension")

    assert (wrong.status_code, asked.status_code, again.status_code) == (422, 302, 409)
    assert "延長の申請が、総括の決定を待っています。" in tab.text
    assert "期限の延長の申請が1件" in home.text
    assert number in listed.text
    assert (unsaid.status_code, odd.status_code, decided.status_code) == (422, 409, 302)
    assert "時間の内訳" in inner.text
    assert "時間の内訳" not in tab.text
    assert hidden.status_code == 409
