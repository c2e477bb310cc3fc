"""Queueing mail (送信箱への登録): once a person, one recipient a message, never half-written."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.notifications.letters import UnfinishedLetter
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.services import FEW, enqueue
from tests.factories import World, interrupted, make_world

MOMENT = clock.jst(2024, 8, 27, 10)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def tell(*recipients: User, key: str = "closed:R6-0001:9", **words: object) -> int:
    return enqueue(
        "closed", recipients, key=key, path="/proposals/R6-0001", **{"reference": "R6-0001"} | words
    )


def messages(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_message_is_queued_for_each_recipient_alone(world: World, db_session: Session) -> None:
    with clock.at(MOMENT):
        added = tell(world["city"], world["city-mgr"])

    assert added == 2
    assert [(row.recipient.login, row.status, row.created_at) for row in messages(db_session)] == [
        ("city", DeliveryStatus.QUEUED, MOMENT),
        ("city-mgr", DeliveryStatus.QUEUED, MOMENT),
    ]
    assert [row.body.count("様") for row in messages(db_session)] == [1, 1]


def test_letter_greets_its_reader_and_links_to_the_page(world: World, db_session: Session) -> None:
    tell(world["city"])

    (message,) = messages(db_session)
    assert message.body.startswith("甲子市 city 様\n")
    assert "http://127.0.0.1:8000/proposals/R6-0001\n" in message.body
    assert "R6-0001" in message.subject
    assert "\n" not in message.subject


def test_p09_same_news_reaches_the_same_person_once(world: World, db_session: Session) -> None:
    first = tell(world["city"], world["city-mgr"])
    again = tell(world["city"], world["city-mgr"], world["city"])

    assert (first, again, len(messages(db_session))) == (2, 0, 2)


def test_p09_news_to_many_reaches_only_those_who_have_not_got_it(world: World) -> None:
    everybody = list(world.people.values())
    assert len(everybody) > FEW

    first = tell(*everybody[:2])
    rest = tell(*everybody)

    assert (first, rest, tell(*everybody)) == (2, len(everybody) - 2, 0)


def test_p09_recipient_named_twice_gets_one_message(world: World) -> None:
    assert tell(world["city"], world["city"]) == 1


def test_other_news_is_another_message(world: World) -> None:
    assert [tell(world["city"], key=key) for key in ("closed:R6-0001:9", "closed:R6-0001:11")] == [
        1,
        1,
    ]


def test_p09_database_refuses_the_same_key_twice(world: World, db_session: Session) -> None:
    tell(world["city"])
    (message,) = messages(db_session)
    db_session.add(
        OutboxMessage(
            dedupe_key=message.dedupe_key,
            recipient_id=message.recipient_id,
            subject="件名",
            body="本文",
            message_id="<other@kyotsu-triage.invalid>",
            status=DeliveryStatus.QUEUED,
            created_at=MOMENT,
        )
    )

    with pytest.raises(IntegrityError):
        db_session.flush()


def test_p09_message_id_is_the_same_for_the_same_news(world: World, db_session: Session) -> None:
    ids: list[str] = []

    def tell_and_look() -> None:
        tell(world["city"])
        ids.append(db_session.scalars(select(OutboxMessage.message_id)).one())

    for _ in range(2):
        with pytest.raises(RuntimeError, match="power cut"):
            interrupted(tell_and_look)

    assert ids[0] == ids[1]
    assert ids[0].endswith("@kyotsu-triage.invalid>")
    assert messages(db_session) == []


def test_letter_without_one_of_its_words_is_not_queued(world: World, db_session: Session) -> None:
    with pytest.raises(UnfinishedLetter, match="reference"), unit_of_work():
        enqueue("closed", [world["city"], world["city-mgr"]], key="closed:x", path="/proposals/x")

    assert messages(db_session) == []


def test_nobody_to_tell_is_no_error(world: World, db_session: Session) -> None:
    assert tell() == 0
    assert messages(db_session) == []
