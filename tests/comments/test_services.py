"""Comments on a case (コメント): who reads, who is told, what stays."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.comments.models import Comment, CommentAudience
from app.comments.queries import (
    Readers,
    comments_on,
    mentionable_on,
    mentions_of,
    readers_of,
)
from app.comments.services import (
    CONFIRM_AUDIENCE,
    NOT_MENTIONABLE,
    RetractComment,
    WidenComment,
    WriteComment,
    mark_read,
    retract_comment,
    widen_comment,
    write_comment,
)
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_in_review,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
NOBODY = 999_999


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def case(world: World, db_session: Session) -> Proposal:
    found = make_in_review(world)
    db_session.commit()
    return found


def keep_away(user: User, case: Proposal) -> None:
    declare_conflict(user, proposal=case)
    db.session.commit()


def say(case: Proposal, actor: User, **changes: object) -> Comment:
    command = WriteComment(**{"body": "根拠の法令を確かめてください。", **changes})
    with unit_of_work():
        return write_comment(case, command, actor=actor)


def test_comment_is_internal_unless_said_otherwise(world: World, case: Proposal) -> None:
    said = say(case, world["officer1"])

    assert said.audience is CommentAudience.INTERNAL
    assert comments_on(case, world["officer2"]) == [said]
    assert comments_on(case, world["auditor"]) == [said]
    assert comments_on(case, world["city-mgr"]) == []
    assert comments_on(case, world["ministry"]) == []


def test_comment_for_the_body_is_read_by_it_alone(world: World, case: Proposal) -> None:
    say(case, world["officer1"])
    shown = say(case, world["officer1"], audience=CommentAudience.BODY, is_confirmed=True)

    assert comments_on(case, world["city"]) == [shown]
    assert comments_on(case, world["other-mgr"]) == []
    assert comments_on(case, world["ministry"]) == []


def test_wider_audience_asks_again_and_writes_nothing(world: World, case: Proposal) -> None:
    with pytest.raises(InvalidInput) as refused:
        say(case, world["officer1"], audience=CommentAudience.BODY)

    assert refused.value.errors == {"audience": [CONFIRM_AUDIENCE]}
    assert comments_on(case, world["officer1"]) == []


@pytest.mark.parametrize("login", ["auditor", "admin", "city-mgr", "ministry", "observer"])
def test_comment_is_for_the_desk_to_write(world: World, case: Proposal, login: str) -> None:
    with pytest.raises(NotAllowed):
        say(case, world[login])

    assert comments_on(case, world["officer1"]) == []


def test_conflicted_officer_cannot_comment(world: World, case: Proposal) -> None:
    keep_away(world["officer2"], case)

    with pytest.raises(NotAllowed):
        say(case, world["officer2"])


def test_readers_are_counted_without_the_conflicted(world: World, case: Proposal) -> None:
    before = readers_of(case, CommentAudience.BODY)

    keep_away(world["officer2"], case)

    assert before == Readers(secretariat=5, others=(("甲子市", 2),))
    assert readers_of(case, CommentAudience.BODY) == Readers(secretariat=4, others=(("甲子市", 2),))
    assert readers_of(case, CommentAudience.INTERNAL) == Readers(secretariat=4, others=())


def test_mention_tells_the_colleague_once(world: World, case: Proposal) -> None:
    officer1, officer2 = world["officer1"], world["officer2"]

    said = say(case, officer1, mentioned_ids=(officer2.id, officer2.id))

    assert mentions_of(officer2, is_read=False, limit=10) == [said]
    assert mentions_of(officer1, is_read=False, limit=10) == []
    [letter] = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.like("mentioned:%"))
    )
    assert letter.recipient_id == officer2.id
    assert case.title not in letter.subject + letter.body


@pytest.mark.parametrize("login", ["officer2", "city", "ministry", "nobody"])
def test_mention_of_whoever_may_not_see_is_refused_in_the_same_words(
    world: World, case: Proposal, login: str
) -> None:
    keep_away(world["officer2"], case)
    user_id = NOBODY if login == "nobody" else world[login].id

    with pytest.raises(InvalidInput) as refused:
        say(case, world["officer1"], mentioned_ids=(user_id,))

    assert refused.value.errors == {"mentioned_ids": [NOT_MENTIONABLE]}
    assert user_id not in [user.id for user in mentionable_on(case, world["officer1"])]
    assert comments_on(case, world["officer1"]) == []


def test_mention_is_gone_for_whoever_may_no_longer_see(world: World, case: Proposal) -> None:
    say(case, world["officer1"], mentioned_ids=(world["officer2"].id,))

    keep_away(world["officer2"], case)

    assert mentions_of(world["officer2"], is_read=False, limit=10) == []


def test_mention_is_read_by_its_reader_alone(world: World, case: Proposal) -> None:
    said = say(case, world["officer1"], mentioned_ids=(world["officer2"].id,))

    with unit_of_work():
        first = mark_read([said.id], actor=world["officer2"])
        again = mark_read([said.id], actor=world["officer2"])
    with pytest.raises(NotFound), unit_of_work():
        mark_read([said.id], actor=world["officer3"])

    assert (first, again) == (1, 0)
    assert mentions_of(world["officer2"], is_read=True, limit=10) == [said]


def test_widening_is_asked_again_and_logged(world: World, case: Proposal) -> None:
    said = say(case, world["officer1"])
    wider = WidenComment(version=said.version, audience=CommentAudience.BODY)

    with pytest.raises(InvalidInput), unit_of_work():
        widen_comment(said, wider, actor=world["officer1"])
    with unit_of_work():
        widen_comment(
            said,
            WidenComment(version=said.version, audience=CommentAudience.BODY, is_confirmed=True),
            actor=world["officer1"],
        )

    assert comments_on(case, world["city"]) == [said]
    assert said.widened_by == world["officer1"]
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "proposal.widen_comment")
    ).one()
    assert event.changes == {"comment_id": said.id, "audience": "body"}


def test_widening_happens_once_and_by_its_author_or_a_lead(world: World, case: Proposal) -> None:
    said = say(case, world["officer1"])
    wider = WidenComment(version=said.version, audience=CommentAudience.BODY, is_confirmed=True)

    with pytest.raises(NotAllowed), unit_of_work():
        widen_comment(said, wider, actor=world["officer2"])
    with unit_of_work():
        widen_comment(said, wider, actor=world["lead"])
    with pytest.raises(StaleVersion), unit_of_work():
        widen_comment(said, wider, actor=world["lead"])
    with pytest.raises(IllegalTransition), unit_of_work():
        widen_comment(
            said,
            WidenComment(
                version=said.version, audience=CommentAudience.MINISTRY, is_confirmed=True
            ),
            actor=world["lead"],
        )

    assert said.audience is CommentAudience.BODY


def test_comment_taken_back_stays_with_the_secretariat(world: World, case: Proposal) -> None:
    said = say(case, world["officer1"], audience=CommentAudience.BODY, is_confirmed=True)

    with unit_of_work():
        retract_comment(said, RetractComment(version=said.version), actor=world["officer1"])

    assert comments_on(case, world["city"]) == []
    assert [row.body for row in comments_on(case, world["officer2"])] == [said.body]
    with pytest.raises(IllegalTransition), unit_of_work():
        retract_comment(said, RetractComment(version=said.version), actor=world["officer1"])


def test_e4_comment_of_the_first_is_kept_from_the_blind_second(
    world: World, case: Proposal, db_session: Session
) -> None:
    world.round.is_second_opinion_blind = True
    give_opinion(world, case)
    db_session.commit()
    said = say(case, world["officer1"], mentioned_ids=(world["officer2"].id,))

    before = comments_on(case, world["officer2"])
    told = mentions_of(world["officer2"], is_read=False, limit=10)
    world.round.is_second_opinion_blind = False
    db_session.commit()

    assert (before, told) == ([], [])
    assert comments_on(case, world["officer2"]) == [said]
    assert mentions_of(world["officer2"], is_read=False, limit=10) == [said]


def test_trail_holds_no_words_of_a_comment(world: World, case: Proposal) -> None:
    say(case, world["officer1"], body="秘密の言葉を含むコメント")

    events = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "proposal.comment"))
    [event] = events
    assert sorted(event.changes) == ["audience", "comment_id", "mentioned"]
    assert "秘密" not in event.reason
