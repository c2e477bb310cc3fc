"""A ministry sees what was handed to it, and nothing else (府省庁の閲覧範囲)."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role
from app.comments.models import Comment, CommentAudience
from app.comments.queries import readers_of
from app.core import clock
from app.extensions import db
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import get_handoff
from app.handoffs.received import received
from app.workflow.handoffs import (
    HandoffAction,
    HandoffPart,
    HandoffState,
    ReplyKind,
    ReplyStatus,
)
from tests.accounts.browser import CHANCE, enter
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_handoff,
    make_organization,
    make_user,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def answered(handoff: Handoff, world: World, text: str, login: str) -> Reply:
    reply = Reply(
        handoff=handoff,
        round_number=handoff.round_number,
        status=ReplyStatus.SENT,
        kind=ReplyKind.DIFFICULT,
        text=text,
        drafted_by=world[login],
        drafted_at=clock.now(),
        sent_by=world[login],
        sent_at=clock.now(),
    )
    db.session.add(reply)
    move_handoff(handoff, HandoffAction.ANSWER, actor=world[login])
    return reply


def test_inbox_holds_the_own_hand_offs_alone(world: World) -> None:
    own = make_handoff(world, make_classified(world))
    make_handoff(world, make_classified(world), to=world["digital"].organization)
    make_handoff(world, make_classified(world), state=HandoffState.PREPARED)
    make_handoff(world, make_classified(world), state=HandoffState.RECALLED)

    assert received(world["ministry"], world.round) == [own]
    assert received(world["officer1"], world.round) == []
    assert received(world["observer"], world.round) == []


def test_unit_does_not_read_what_the_ministry_has(world: World) -> None:
    unit = make_organization(OrganizationKind.MINISTRY, "厚生労働省 老健局")
    unit.parent = world["ministry"].organization
    below = make_user("below", unit, Role.MINISTRY_COORDINATOR)
    of_ministry = make_handoff(world, make_classified(world))
    of_unit = make_handoff(world, make_classified(world), to=unit)

    assert received(below, world.round) == [of_unit]
    assert received(world["ministry"], world.round) == [of_ministry, of_unit]


def test_practice_stays_apart(world: World) -> None:
    handoff = make_handoff(world, make_classified(world))
    world.round.is_practice = True

    assert received(world["ministry"], None) == []
    assert received(world["ministry"], world.round) == [handoff]


def test_what_is_not_handed_over_is_not_found(app: Flask, world: World) -> None:
    handoff = make_handoff(world, make_classified(world))
    recalled = make_handoff(world, make_classified(world), state=HandoffState.RECALLED)
    hidden = make_handoff(world, make_classified(world))
    declare_conflict(world["coordinator"], proposal=hidden.proposal)
    own, other = enter(app, "coordinator"), enter(app, "digital-coord")

    statuses = [
        own.get(f"/handoffs/{handoff.id}").status_code,
        other.get(f"/handoffs/{handoff.id}").status_code,
        other.get(f"/handoffs/{handoff.id}/files/nothing").status_code,
        other.get(f"/handoffs/{handoff.id}/reply/check").status_code,
        other.post(f"/handoffs/{handoff.id}/acknowledge", data={"version": 2}).status_code,
        other.post(f"/handoffs/{handoff.id}/refuse", data={"version": 2}).status_code,
        other.post("/handoffs/acknowledge", data={"chosen": f"{handoff.id}-2"}).status_code,
        own.get(f"/handoffs/{recalled.id}").status_code,
        own.get(f"/handoffs/{hidden.id}").status_code,
        own.get("/handoffs/999999").status_code,
        own.get(f"/proposals/{handoff.proposal.receipt_number}").status_code,
        own.get(f"/proposals/{handoff.proposal.receipt_number}/comments").status_code,
    ]

    assert statuses == [200, *[404] * 11]
    assert handoff.state is HandoffState.SENT


def test_page_tells_the_shared_fields_alone(app: Flask, world: World, db_session: Session) -> None:
    proposal = make_classified(world)
    proposal.contact_email = "uketsuke@example.jp"
    db_session.flush()
    handoff = make_handoff(world, proposal)
    for audience, body in (
        (CommentAudience.INTERNAL, "内輪の話です"),
        (CommentAudience.MINISTRY, "府省庁への連絡です"),
    ):
        db_session.add(
            Comment(
                proposal=proposal,
                author=world["officer1"],
                body=body,
                audience=audience,
                written_at=clock.now(),
            )
        )

    page = enter(app, "ministry").get(f"/handoffs/{handoff.id}").text

    shown = {
        words: words in page
        for words in (
            proposal.title,
            proposal.organization.name,
            "府省庁への連絡です",
            "内輪の話です",
            "officer1",
            "officer2",
            "uketsuke@example.jp",
        )
    }
    assert [words for words, is_there in shown.items() if is_there] == list(shown)[:3]


def test_lead_ministry_reads_the_related_ones_and_not_the_reverse(app: Flask, world: World) -> None:
    proposal = make_classified(world)
    digital = world["digital"].organization
    lead = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)
    related = make_handoff(
        world, proposal, state=HandoffState.ACKNOWLEDGED, to=digital, part=HandoffPart.RELATED
    )
    answered(related, world, "関係の意見の文です", "digital-coord")
    answered(lead, world, "主管の回答の文です", "coordinator")

    of_lead = enter(app, "ministry").get(f"/handoffs/{lead.id}").text
    of_related = enter(app, "digital").get(f"/handoffs/{related.id}").text

    assert ("関係の意見の文です" in of_lead, "主管の回答の文です" in of_related) == (True, False)
    assert "意見あり" in of_lead
    assert get_handoff(world["digital"], related.id) is related


def test_related_ministry_reads_the_same_page_whatever_the_lead_has_sent(
    app: Flask, world: World, db_session: Session
) -> None:
    """P26: not by a state, a count or a date either."""
    proposal = make_classified(world)
    lead = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)
    related = make_handoff(
        world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED
    )
    browser = enter(app, "digital")
    before = _plain(browser.get(f"/handoffs/{related.id}").text)

    answered(lead, world, "主管の回答の文です", "coordinator")
    db_session.flush()

    assert _plain(browser.get(f"/handoffs/{related.id}").text) == before


def test_comment_counts_its_readers_in_the_ministries(world: World) -> None:
    proposal = make_classified(world)
    make_handoff(world, proposal)
    make_handoff(world, make_classified(world), to=world["digital"].organization)

    readers = readers_of(proposal, CommentAudience.MINISTRY)

    assert readers.others == (("厚生労働省", 2),)


def _plain(page: str) -> str:
    return CHANCE.sub("", page)
