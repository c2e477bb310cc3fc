"""Meetings (会議): a saved list becomes the agenda, decisions become opinions to be confirmed."""

from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.core import clock
from app.extensions import db
from app.meetings.models import AgendaItem, ItemOutcome, Meeting
from app.proposals.models import Proposal
from app.saved_lists.models import ListKind
from app.saved_lists.services import SaveList, save_list
from app.triage.models import AssessmentStatus
from app.triage.queries import current_assignments, open_assessment
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_in_confirmation,
    make_in_review,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def cases(world: World, db_session: Session) -> list[Proposal]:
    found = [make_in_review(world), make_accepted(world), make_in_confirmation(world)]
    db_session.commit()
    return found


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def hold_meeting(app: Flask, world: World, login: str = "lead") -> Meeting:
    saved = save_list(
        SaveList(kind=ListKind.CASES, round=world.round, name="議題", query={}, is_shared=True),
        actor=world["officer3"],
    )
    db.session.commit()
    enter(app, login).post(
        "/meetings/new",
        data={"title": "第1回 仕分け会議", "held_on": "令和6年8月21日", "list_id": saved.id},
        query_string={"list_id": saved.id},
    )
    return db.session.scalars(select(Meeting)).one()


def item_of(meeting: Meeting, case: Proposal) -> AgendaItem:
    return next(row for row in meeting.items if row.proposal_id == case.id)


def address(meeting: Meeting, item: AgendaItem) -> str:
    return f"/meetings/{meeting.id}/items/{item.id}"


def typed(item: AgendaItem, **changes: object) -> dict[str, object]:
    return {
        "version": item.version,
        "case_version": item.proposal.version,
        "outcome": "proposed",
        "category_key": "f5",
        "minutes": "効果が調整コストを上回ると判断した。",
        **changes,
    }


def test_saved_list_becomes_the_agenda(app: Flask, world: World, cases: list[Proposal]) -> None:
    meeting = hold_meeting(app, world)

    assert (meeting.title, meeting.held_on) == ("第1回 仕分け会議", date(2024, 8, 21))
    assert [row.proposal for row in meeting.items] == cases


def test_agenda_hides_and_does_not_count_what_one_must_not_see(
    app: Flask, world: World, cases: list[Proposal], db_session: Session
) -> None:
    meeting = hold_meeting(app, world)
    hidden = item_of(meeting, cases[0])
    declare_conflict(world["officer2"], proposal=cases[0])
    db_session.commit()
    lead, officer = enter(app, "lead"), enter(app, "officer2")
    lead.post(f"{address(meeting, hidden)}/table", data={"version": meeting.version})

    page = officer.get(f"/meetings/{meeting.id}")

    assert cases[0].receipt_number not in page.text
    assert "議題 2件" in main_of(page)
    assert "今の議題は、あなたには表示されません" in main_of(page)
    assert officer.get(address(meeting, hidden)).status_code == 404


def test_decision_is_an_opinion_that_needs_its_second_person(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    meeting = hold_meeting(app, world)
    item = item_of(meeting, cases[0])

    enter(app, "officer1").post(address(meeting, item), data=typed(item))

    waiting = open_assessment(cases[0])
    assert waiting is not None
    assert (waiting.author, waiting.category.key) == (world["officer1"], "f5")
    assert cases[0].state is State.IN_CONFIRMATION
    assert (item.outcome, item.assessment_id) == (ItemOutcome.PROPOSED, waiting.id)
    assert waiting.status is AssessmentStatus.OPEN


def test_lead_who_records_becomes_a_reviewer(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    meeting = hold_meeting(app, world)
    item = item_of(meeting, cases[1])

    enter(app, "lead").post(address(meeting, item), data=typed(item))

    assert cases[1].state is State.IN_CONFIRMATION
    assert [row.reviewer for row in current_assignments(cases[1])] == [world["lead"]]


def test_decision_without_evidence_where_it_is_needed_changes_nothing(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    meeting = hold_meeting(app, world)
    item = item_of(meeting, cases[0])
    browser = enter(app, "officer1")

    bare = browser.post(address(meeting, item), data=typed(item, category_key="types"))
    before = (item.outcome, cases[0].state)
    done = browser.post(
        address(meeting, item),
        data=typed(item, category_key="types", entry_id=world.entry.id, quote="体育館の鍵"),
    )

    assert bare.status_code == 422
    assert "根拠となる台帳の行を1つ以上選んでください" in main_of(bare)
    assert "効果が調整コストを上回る" in main_of(bare)
    assert before == (ItemOutcome.WAITING, State.IN_REVIEW)
    assert done.status_code == 302


def test_officer_who_is_no_reviewer_cannot_propose(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    meeting = hold_meeting(app, world)
    item = item_of(meeting, cases[0])
    browser = enter(app, "officer2")

    refused = browser.post(address(meeting, item), data=typed(item))
    noted = browser.post(address(meeting, item), data=typed(item, outcome="noted"))

    assert (refused.status_code, noted.status_code) == (403, 302)
    assert cases[0].state is State.IN_REVIEW
    assert item.outcome is ItemOutcome.NOTED


def test_agenda_is_ordered_and_shortened(app: Flask, world: World, cases: list[Proposal]) -> None:
    meeting = hold_meeting(app, world)
    browser = enter(app, "officer1")
    first, second, third = meeting.items

    browser.post(f"{address(meeting, second)}/up", data={"version": meeting.version})
    stale = browser.post(f"{address(meeting, third)}/remove", data={"version": 1})
    browser.post(f"{address(meeting, third)}/remove", data={"version": meeting.version})
    db.session.refresh(meeting)

    assert stale.status_code == 409
    assert meeting.items == [second, first]
    acts = db.session.scalars(
        select(AuditEvent.verb).where(AuditEvent.subject_type == "meeting").order_by(AuditEvent.seq)
    )
    assert list(acts) == ["meeting.make", "meeting.move_item", "meeting.remove_item"]


def test_case_is_added_once_and_of_the_same_round(
    app: Flask, world: World, cases: list[Proposal], db_session: Session
) -> None:
    meeting = hold_meeting(app, world)
    late = make_accepted(world)
    db_session.commit()
    browser = enter(app, "officer1")
    page = f"/meetings/{meeting.id}/items"

    added = browser.post(
        page, data={"version": meeting.version, "receipt_number": late.receipt_number}
    )
    again = browser.post(
        page, data={"version": meeting.version, "receipt_number": late.receipt_number}
    )
    unknown = browser.post(page, data={"version": meeting.version, "receipt_number": "R6-9999"})

    assert (added.status_code, again.status_code, unknown.status_code) == (302, 422, 422)
    assert "すでに議題にあります" in main_of(again)
    assert "「R6-9999」は見つかりません" in main_of(unknown)


def test_record_is_kept_from_the_blind_second_person(
    app: Flask, world: World, cases: list[Proposal], db_session: Session
) -> None:
    """What was said would tell the first opinion: not on the page, nor in what is printed."""
    world.round.is_second_opinion_blind = True
    meeting = hold_meeting(app, world)
    noted, decided = item_of(meeting, cases[2]), item_of(meeting, cases[0])
    enter(app, "lead").post(
        address(meeting, noted), data=typed(noted, outcome="noted", minutes="共通化に向くと聞いた")
    )
    enter(app, "officer1").post(address(meeting, decided), data=typed(decided))
    second = enter(app, "officer2")

    agenda = second.get(f"/meetings/{meeting.id}")
    page = second.get(address(meeting, noted))
    over = second.post(address(meeting, noted), data=typed(noted, outcome="deferred"))

    assert "共通化に向くと聞いた" not in agenda.text
    assert "効果が調整コストを上回る" not in agenda.text
    assert "共通化に向くと聞いた" not in page.text
    assert over.status_code == 403
    assert noted.minutes == "共通化に向くと聞いた"


def test_closed_meeting_stays_as_it_is(app: Flask, world: World, cases: list[Proposal]) -> None:
    meeting = hold_meeting(app, world)
    item = item_of(meeting, cases[0])
    browser = enter(app, "lead")
    browser.post(f"/meetings/{meeting.id}/close", data={"version": meeting.version})

    refused = browser.post(address(meeting, item), data=typed(item))

    assert meeting.closed_at is not None
    assert refused.status_code == 409
    assert item.outcome is ItemOutcome.WAITING
    assert cases[0].state is State.IN_REVIEW


def test_follower_is_told_by_the_version(app: Flask, world: World, cases: list[Proposal]) -> None:
    meeting = hold_meeting(app, world)
    follower, lead = enter(app, "officer2"), enter(app, "lead")
    before = follower.get(f"/meetings/{meeting.id}/position").get_json()

    lead.post(f"{address(meeting, meeting.items[0])}/table", data={"version": meeting.version})

    after = follower.get(f"/meetings/{meeting.id}/position").get_json()
    assert before == {"version": 1}
    assert after == {"version": 2}
