"""Absence and deputies (不在・代理): who does whose work when, and in whose name it stands."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.actors import with_names
from app.audit.models import AuditEvent
from app.audit.queries import events_of, names_in
from app.casework.history import history_lines
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.proposals.models import Proposal
from app.triage.deputies import people_acted_for, person_acted_for
from app.triage.models import Absence
from app.triage.policy import can_assess, can_confirm, can_decline
from app.triage.services.absences import RegisterAbsence, cancel_absence, register_absence
from app.triage.worklist import my_work
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_in_review,
    make_world,
)
from tests.triage.pages import NOW

TODAY = date(2024, 8, 20)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOW):
        return make_world()


def away(
    world: World, login: str, deputy: str | None = None, *, first: int = 0, last: int = 7
) -> Absence:
    """Register an absence from `first` to `last` days from today."""
    command = RegisterAbsence(
        user_id=world[login].id,
        starts_on=TODAY + timedelta(days=first),
        ends_on=TODAY + timedelta(days=last),
        deputy_id=world[deputy].id if deputy else None,
    )
    return register_absence(command, actor=world["lead"])


def stands_in(world: World, login: str, on: date = TODAY) -> list[str]:
    with clock.at(clock.jst(on.year, on.month, on.day, 10)):
        return [user.login for user in people_acted_for(world[login])]


def test_deputy_acts_on_the_days_of_the_absence_only(world: World) -> None:
    with clock.at(NOW):
        away(world, "officer1", "officer2", first=1, last=3)

    days = [TODAY + timedelta(days=number) for number in range(5)]

    assert [stands_in(world, "officer2", day) for day in days] == [
        [],
        ["officer1"],
        ["officer1"],
        ["officer1"],
        [],
    ]


def test_chain_of_deputies_ends_at_who_is_present(world: World) -> None:
    with clock.at(NOW):
        away(world, "officer2", "officer3", last=2)
        away(world, "officer1", "officer2")

    later = TODAY + timedelta(days=3)

    assert stands_in(world, "officer3") == ["officer1", "officer2"]
    assert stands_in(world, "officer2") == []
    assert stands_in(world, "officer2", later) == ["officer1"]
    assert stands_in(world, "officer3", later) == []


def test_absence_that_leaves_work_to_nobody_is_refused(world: World) -> None:
    with clock.at(NOW):
        away(world, "officer1", "officer2", first=2, last=4)

        said = []
        # A ring, a deputy who goes without one, and one who is away already.
        for login, deputy in (("officer2", "officer1"), ("officer2", None)):
            with pytest.raises(InvalidInput) as refusal:
                away(world, login, deputy, first=3, last=3)
            said.append(refusal.value.errors["deputy_id"])
        away(world, "officer3", first=0, last=1)
        with pytest.raises(InvalidInput) as absent:
            away(world, "lead", "officer3", first=1, last=1)

    assert (
        said
        == [
            [
                "8月23日（金）はofficer1の代理になっています。その日に出勤している人を代理に選んでください"
            ]
        ]
        * 2
    )
    assert absent.value.errors == {
        "deputy_id": [
            "officer3も8月21日（水）は不在で、仕事をする人がいなくなります。ほかの人を選んでください"
        ]
    }


def test_overlapping_absences_days_out_of_order_and_oneself_are_refused(world: World) -> None:
    with clock.at(NOW):
        away(world, "officer1", first=2, last=4)

        said = []
        for first, last, deputy in ((4, 5, None), (3, 1, None), (-9, -1, None), (7, 8, "officer1")):
            with pytest.raises(InvalidInput) as refusal:
                away(world, "officer1", deputy, first=first, last=last)
            said.append(list(refusal.value.errors))

    assert said == [["starts_on"], ["ends_on"], ["ends_on"], ["deputy_id"]]


def test_officer_registers_for_oneself_only(world: World) -> None:
    command = RegisterAbsence(user_id=world["officer2"].id, starts_on=TODAY, ends_on=TODAY)

    with clock.at(NOW):
        with pytest.raises(NotAllowed):
            register_absence(command, actor=world["officer1"])
        absence = register_absence(command, actor=world["officer2"])
        with pytest.raises(NotAllowed):
            cancel_absence(absence, actor=world["officer1"])
        cancel_absence(absence, actor=world["officer2"])

        assert absence.cancelled_at == NOW


def test_act_of_a_deputy_shows_both_and_neither_confirms_it(
    world: World, db_session: Session
) -> None:
    with clock.at(NOW):
        proposal = make_in_review(world, "officer1")
        away(world, "officer1", "officer2")
        todo = [item.todo for item in my_work(world["officer2"])]

        opinion = give_opinion(world, proposal, by="officer2")
        db_session.commit()

        assert todo == ["officer1の代理で仕分け意見を書く"]
        assert (opinion.author, opinion.acting_for) == (world["officer2"], world["officer1"])
        may = {login: can_confirm(world[login], proposal) for login in ("officer1", "officer2")}
        assert may == {"officer1": False, "officer2": False}
        assert can_confirm(world["officer3"], proposal)
        assert my_work(world["officer1"]) == []
        events = list(db_session.scalars(events_of("proposal", proposal.id)))
        [newest, *_] = history_lines(events, proposal=proposal, reader=world["lead"])
        assert newest.who == "事務局 officer2（officer1代理）"
        [body, *_] = history_lines(events, proposal=proposal, reader=world["city"])
        assert "代理" not in body.who


def test_deputy_in_conflict_and_deputy_of_a_present_person_may_not(world: World) -> None:
    with clock.at(NOW):
        proposal = make_in_review(world, "officer1")
        away(world, "officer1", "officer2", first=1, last=2)
        before = can_assess(world["officer2"], proposal)
        away_now = clock.at(NOW + timedelta(days=1))
        with away_now:
            during = can_assess(world["officer2"], proposal)
            declines = can_decline(world["officer2"], proposal)
            declare_conflict(world["officer2"], proposal=proposal)
            in_conflict = can_assess(world["officer2"], proposal)

    assert (before, during, declines, in_conflict) == (False, True, False, False)


def test_reviewer_of_the_case_acts_in_the_own_name(world: World, db_session: Session) -> None:
    with clock.at(NOW):
        proposal = make_in_review(world, "officer1")
        away(world, "officer2", "officer1")

        give_opinion(world, proposal, by="officer1")
        db_session.commit()

        assert acting_for(db_session, proposal) is None
        assert person_acted_for(world["officer1"], proposal) is None


def acting_for(db_session: Session, proposal: Proposal) -> str | None:
    [event] = db_session.scalars(
        select(AuditEvent).where(
            AuditEvent.verb == "proposal.assess", AuditEvent.subject_id == proposal.id
        )
    )
    found: str | None = with_names(event.changes, names_in([event])).get("acting_for")
    return found
