"""The work queue (仕分けの一覧)."""

from datetime import date, timedelta

from flask import Flask

from app.accounts.models import Role
from app.core import clock
from app.rounds.services import NewRound, create_round
from app.triage.services.pending import Hold, hold
from app.triage.services.settle import Reclassify, reclassify
from tests.accounts.browser import enter
from tests.factories import (
    World,
    give_opinion,
    make_accepted,
    make_classified,
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_submitted,
    make_user,
)
from tests.triage.pages import NOW, make_twice_disputed, numbers_in, object_to_opinion, section_of
from tests.triage.resubmitting import make_resubmitted


def test_queue_sorts_the_work_of_an_officer(app: Flask, world: World) -> None:
    to_check = make_submitted(world)
    own = make_in_review(world, "officer1")
    make_in_review(world, "officer2")
    make_in_confirmation(world)
    others = make_in_review(world, "officer2")
    give_opinion(world, others, by="officer2")
    pending = make_pending(world)

    page = enter(app, "officer1").get("/triage")

    assert numbers_in(section_of(page, "form-check")) == [to_check.reference]
    assert numbers_in(section_of(page, "review")) == [own.reference]
    assert numbers_in(section_of(page, "confirmation")) == [others.reference]
    assert numbers_in(section_of(page, "revisit")) == [pending.reference]
    assert 'aria-labelledby="assignment"' not in page.text
    assert 'aria-labelledby="late"' not in page.text


def test_queue_shows_a_lead_what_only_a_lead_can_do(app: Flask, world: World) -> None:
    accepted = make_accepted(world)
    disputed = make_twice_disputed(world)
    again = make_classified(world)
    reclassify(again, Reclassify(version=again.version, reason="新しい事実"), actor=world["lead"])

    page = enter(app, "lead").get("/triage")

    assert numbers_in(section_of(page, "assignment")) == [accepted.reference, again.reference]
    assert numbers_in(section_of(page, "second-dispute")) == [disputed.reference]
    assert "可否を待つものはありません" in section_of(page, "late")


def test_queue_leaves_a_second_dispute_to_a_lead_who_has_not_spoken(
    app: Flask, world: World
) -> None:
    proposal = make_in_review(world)
    for by in ("officer2", "lead"):
        give_opinion(world, proposal)
        object_to_opinion(world, proposal, by)
    make_user("lead2", world["lead"].organization, Role.LEAD)

    spoken = enter(app, "lead").get("/triage")
    silent = enter(app, "lead2").get("/triage")

    assert numbers_in(section_of(spoken, "second-dispute")) == []
    assert numbers_in(section_of(silent, "second-dispute")) == [proposal.reference]


def test_queue_puts_the_overdue_first(app: Flask, world: World) -> None:
    with clock.at(NOW):
        fresh = make_submitted(world)
    with clock.at(NOW - timedelta(days=14)):
        old = make_submitted(world)

    page = enter(app, "officer1").get("/triage")

    section = section_of(page, "form-check")
    assert numbers_in(section) == [old.reference, fresh.reference]
    assert section.count("due-late") == 1


def test_queue_shows_revisit_dates_that_have_come_first(app: Flask, world: World) -> None:
    waiting = make_pending(world)
    come = make_in_review(world)
    command = Hold(version=come.version, reason="照会中", revisit_on=date(2024, 8, 22))
    hold(come, command, actor=world["officer1"])

    with clock.at(clock.jst(2024, 8, 26, 9)):
        page = enter(app, "officer1").get("/triage")

    section = section_of(page, "revisit")
    assert numbers_in(section) == [come.reference, waiting.reference]
    assert section.count("見直し日が来ています") == 1


def test_queue_shows_twenty_rows_and_leads_to_the_rest(app: Flask, world: World) -> None:
    for _ in range(21):
        make_submitted(world)

    page = enter(app, "officer1").get("/triage")

    section = section_of(page, "form-check")
    assert len(numbers_in(section)) == 20
    assert "ほか1件は" in section
    assert "/triage?pile=form_check" in section


def test_queue_marks_a_resubmission_and_puts_it_on_top(app: Flask, world: World) -> None:
    with clock.at(NOW - timedelta(days=14)):
        overdue = make_submitted(world)
    back = make_resubmitted(world, by="officer1")

    page = enter(app, "officer1").get("/triage")

    section = section_of(page, "form-check")
    assert numbers_in(section) == [back.reference, overdue.reference]
    assert section.count("再提出") == 1
    assert "最初の受付 8月20日（火）10時00分" in section
    assert 'aria-labelledby="resubmitted"' not in page.text


def test_queue_shows_others_whose_resubmission_it_is(app: Flask, world: World) -> None:
    back = make_resubmitted(world, by="officer1")

    page = enter(app, "officer2").get("/triage")

    section = section_of(page, "resubmitted")
    assert numbers_in(section) == [back.reference]
    assert "<td>officer1</td>" in section
    assert numbers_in(section_of(page, "form-check")) == []


def test_queue_of_an_empty_round_says_what_will_come(app: Flask, world: World) -> None:
    page = enter(app, "lead").get("/triage")

    assert page.text.count("<dt id=") == 8


def test_queue_keeps_the_rounds_apart(app: Flask, world: World) -> None:
    make_submitted(world)
    opens_at = NOW - timedelta(hours=1)
    later = NewRound(
        key="R7",
        label="令和7年",
        name="次の募集",
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=30),
    )
    create_round(world.round.scheme, later, actor=world["admin"])

    page = enter(app, "officer1").get("/triage")

    assert "募集回　令和7年" in page.text
    assert "提案が提出されると、ここに並びます" in section_of(page, "form-check")
