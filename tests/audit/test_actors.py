"""Who acted, in entries without a name in clear (行為者, P22)."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.services.names import erase_name
from app.audit.actors import is_name_of, label_in_words, new_name_key, sealed_label, with_names
from app.audit.models import AuditEvent
from app.audit.queries import names_in
from app.audit.reading import Reader
from app.audit.services import Subject, record
from app.audit.verification import verify
from app.core import clock
from app.core.errors import IllegalTransition
from app.extensions import db
from app.triage.services.assign import Assign, assign
from tests.factories import World, make_accepted, make_world

NAME = "山田　花子"


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    world["officer1"].display_name = NAME
    record("round.test", Subject(type="round", id=5), actor=world["officer1"])
    db_session.commit()
    return world


def entry(session: Session) -> AuditEvent:
    session.expire_all()
    return session.scalars(select(AuditEvent).where(AuditEvent.verb == "round.test")).one()


def test_p22_entry_holds_body_and_commitment_and_shows_the_name(
    world: World, db_session: Session
) -> None:
    stored = db_session.execute(
        select(AuditEvent.__table__).where(AuditEvent.verb == "round.test")
    ).one()

    assert NAME not in repr(tuple(stored))
    assert stored.actor_label.startswith("事務局 #")
    assert (stored.actor_id, entry(db_session).actor_words) == (
        world["officer1"].id,
        f"事務局 {NAME}",
    )


def test_same_name_of_two_people_and_two_names_of_one_are_told_apart() -> None:
    one, other = new_name_key(), new_name_key()
    label = sealed_label("事務局", NAME, one)

    assert label != sealed_label("事務局", NAME, other)
    assert (is_name_of(label, NAME, one), is_name_of(label, "山田　太郎", one)) == (True, False)
    assert not is_name_of(label, NAME, other)


@pytest.mark.parametrize("label", ["システム", "事務局 総括A", "事務局 #abc", "甲子市 # 1"])
def test_entry_from_before_is_shown_as_it_stands(label: str) -> None:
    assert label_in_words(label, "別の名") == label
    assert is_name_of(label, "別の名", new_name_key())


def test_p22_erased_name_leaves_the_chain_whole(
    app: Flask, world: World, db_session: Session
) -> None:
    before = verify(db_session).entries
    command = ["users", "erase-name", "--login", "officer1", "--yes"]

    refused = app.test_cli_runner().invoke(args=command)
    world["officer1"].disabled_at = clock.now()
    db_session.commit()
    done = app.test_cli_runner().invoke(args=command)
    again = app.test_cli_runner().invoke(args=command)

    db_session.expire_all()
    result = verify(db_session)
    person = world["officer1"]
    assert (refused.exit_code, done.exit_code, again.exit_code) == (1, 0, 1)
    assert "先に利用を停止してください" in refused.output
    assert (person.display_name, person.email, person.name_key) == ("消去済み", None, None)
    assert entry(db_session).actor_words == "事務局 消去済み"
    assert (result.is_intact, result.entries) == (True, before + 1)


def test_person_whose_last_day_is_over_is_erased_and_stays_out(
    world: World, db_session: Session
) -> None:
    person = world["officer1"]
    person.ends_on = clock.today()
    with pytest.raises(IllegalTransition):
        erase_name(person)
    person.ends_on = clock.today().replace(year=clock.today().year - 1)

    erase_name(person)

    assert person.disabled_at is not None
    assert not person.is_active
    assert db.session.scalars(select(AuditEvent)).first() is not None


@pytest.mark.parametrize("label", ["事務局 総括A", "事務局", "", "事務局 #abc"])
def test_p22_no_entry_takes_an_actor_in_clear(db_session: Session, label: str) -> None:
    with pytest.raises(ValueError, match="no name in clear"):
        record("round.test", Subject(type="round", id=5), actor=Reader(1, label))


def test_p22_people_in_changes_stand_by_number_and_commitment(
    world: World, db_session: Session
) -> None:
    case = make_accepted(world)
    both = (world["officer1"].id, world["officer2"].id)
    assign(case, Assign(version=case.version, reviewer_ids=both), actor=world["lead"])
    db_session.commit()
    assigned = select(AuditEvent).where(AuditEvent.verb == "proposal.assign")

    event = db_session.scalars(assigned).one()
    named = with_names(event.changes, names_in([event]))
    world["officer1"].disabled_at = clock.now()
    erase_name(world["officer1"])
    db_session.commit()
    later = with_names(event.changes, names_in([event]))

    first, second = event.changes["reviewers"]
    assert (first["person"], second["person"]) == both
    assert NAME not in repr(event.changes)
    assert first["name"] != second["name"]
    assert named["reviewers"] == [NAME, world["officer2"].display_name]
    assert later["reviewers"] == ["消去済み", world["officer2"].display_name]
    assert verify(db_session).is_intact
