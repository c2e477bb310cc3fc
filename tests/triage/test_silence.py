"""Cases without movement (動きのない提案), and what waits for its owner (ペンディングの持ち主)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput
from app.proposals.models import Proposal
from app.triage.models import Pile
from app.triage.services.pending import Hold, Resume, hold, resume
from app.triage.silence import silent_cases
from app.triage.worklist import my_work
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, give_opinion, make_in_review
from tests.triage.pages import NOW, object_to_opinion


def put_off(world: World, proposal: Proposal, *, days: int = 7, owner: str = "officer1") -> None:
    command = Hold(
        version=proposal.version,
        reason="調査を待つため",
        revisit_on=clock.today() + timedelta(days=days),
        owner_id=world[owner].id,
    )
    hold(proposal, command, actor=world["officer1"])


def to_revisit(user: User) -> list[Proposal]:
    return [item.proposal for item in my_work(user) if item.pile is Pile.REVISIT]


def test_e5_silent_cases_come_back_after_the_days_of_the_round(world: World) -> None:
    world.round.silent_after_days = 3
    silent, moved = make_in_review(world), make_in_review(world)

    with clock.at(NOW + timedelta(days=2)):
        give_opinion(world, moved)
        early = silent_cases(world["lead"], world.round).rows
    with clock.at(NOW + timedelta(days=3)):
        found = silent_cases(world["lead"], world.round).rows

    assert early == []
    assert [(row.proposal, row.office_days) for row in found] == [(silent, 3)]


def test_silent_cases_leave_out_a_conflict(world: World) -> None:
    proposal = make_in_review(world)
    declare_conflict(world["lead"], proposal=proposal)

    with clock.at(NOW + timedelta(days=30)):
        assert silent_cases(world["lead"], world.round).rows == []


def test_lead_finds_silent_and_disputed_cases_in_the_queue(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    give_opinion(world, proposal)
    object_to_opinion(world, proposal, "officer2")
    db_session.commit()

    with clock.at(NOW + timedelta(days=14)):
        lead = enter(app, "lead").get("/triage")
        officer = enter(app, "officer1").get("/triage")

    assert ['id="silent"' in page.text for page in (lead, officer)] == [True, False]
    assert "不一致</span>" in officer.text


def test_g1_pending_case_comes_back_to_its_owner_on_the_date(world: World) -> None:
    proposal = make_in_review(world)
    put_off(world, proposal, owner="officer2")

    before = [to_revisit(world[login]) for login in ("officer1", "officer2", "lead")]
    with clock.at(NOW + timedelta(days=7)):
        found = [to_revisit(world[login]) for login in ("officer1", "officer2", "lead")]

    assert before == [[], [], []]
    assert found == [[], [proposal], []]


def test_pending_case_of_one_who_left_comes_back_to_the_leads(world: World) -> None:
    proposal = make_in_review(world)
    put_off(world, proposal, owner="officer2")
    world["officer2"].disabled_at = clock.now()

    with clock.at(NOW + timedelta(days=7)):
        found = [to_revisit(world[login]) for login in ("officer1", "lead")]

    assert found == [[], [proposal]]


def test_resumed_case_has_no_owner_any_more(world: World) -> None:
    proposal = make_in_review(world)
    put_off(world, proposal)

    resume(proposal, Resume(version=proposal.version), actor=world["officer1"])

    assert proposal.pending_owner_id is None


@pytest.mark.parametrize("owner", ["city", "officer3"])
def test_owner_is_a_reviewer_free_of_conflicts(world: World, owner: str) -> None:
    proposal = make_in_review(world)
    declare_conflict(world["officer3"], proposal=proposal)

    with pytest.raises(InvalidInput) as refused:
        put_off(world, proposal, owner=owner)

    assert refused.value.errors == {"owner_id": ["持ち主を一覧から選んでください"]}


def test_g1_revisit_date_stays_within_the_limit_of_the_round(world: World) -> None:
    world.round.revisit_until = clock.today() + timedelta(days=10)
    proposal = make_in_review(world)

    with pytest.raises(InvalidInput) as refused:
        put_off(world, proposal, days=11)
    put_off(world, proposal, days=10)

    assert list(refused.value.errors) == ["revisit_on"]
