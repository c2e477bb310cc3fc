"""Nothing of a reply is to be seen outside before its release (公開前の回答, H6, P26)."""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import OrgType, Role
from app.core import clock
from app.core.access import PUBLIC, SIGNED_IN, audience_of
from app.extensions import db
from app.files.services import receive
from app.handoffs.dues import change_due
from app.handoffs.models import Handoff, Reply
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.handoffs.services.send_reply import send_reply
from app.notifications.models import OutboxMessage
from app.proposals.models import CoProposer, PartnerAnswer
from app.workflow.handoffs import HandoffPart, HandoffState, ReplyKind
from tests.accounts.browser import CHANCE, let_in
from tests.answers.replies import PLANNED_ON, TEXT, release, reply_now
from tests.architecture.test_endpoints import VALUES, Door, doors
from tests.factories import (
    ROLE_OF_LOGIN,
    World,
    make_classified,
    make_handoff,
    make_local_government,
    make_user,
)

# The proposing body, a partner, a body that is neither, the related ministry, an observer, the
# operator, nobody.
OUTSIDERS = ("city-mgr", "digital-coord")
# EMBARGO_READERS=all walks with these, too, and reads every page; otherwise one in four of those of
# a single thing that names neither case nor hand-off nor reply.
IS_WHOLE = os.environ.get("EMBARGO_READERS") == "all"
SHARE_OF_OTHER_THINGS = 4
OF_THE_CASE = frozenset({"receipt_number", "handoff_id", "reply_id", "public_id"})
if IS_WHOLE:
    OUTSIDERS += ("observer", "city", "other-mgr", "stranger", "digital", "admin", "")
# The operator of the mail sees that letters to the office wait, as of every letter, and no case.
OPERATOR_PAGES = {"admin": ["/", "/outbox"]}
# The state of the node is no page of the work: it tells how far its clock is from the database, and
# monitors how long everything took. One's own account tells when one signed in.
LEFT_OUT = (
    "static",
    "accounts.login",
    "accounts.own_account",
    "health.healthz",
    "health.readyz",
    "health.metrics",
    "jobs.index",
)
# Beside the pages as they are: searches and orders that would tell of a reply.
ASKED = (
    "/proposals?q=改修",
    "/proposals?state=replied",
    "/proposals?state=in_review",
    "/proposals?sort=-todo",
    "/handoffs?state=answered",
    "/handoffs?q=改修",
)
# The key of a form is new at each showing. No page that answers while a case is with the ministries
# has its version in a form of a body: it would move with the steps inside.
UNLIKE = re.compile(r'name="form_key"[^>]*>')


@pytest.fixture
def now() -> Iterator[None]:
    with clock.at(clock.now()):
        yield


def handed_off(world: World) -> Handoff:
    """A case of the city that both ministries have; 乙丑市 proposes with it."""
    proposal = make_classified(world)
    partner = CoProposer(
        proposal_id=proposal.id,
        organization_id=world["other"].organization_id,
        asked_by_id=world["city"].id,
        asked_at=clock.now(),
        answer=PartnerAnswer.ACCEPTED,
        answered_by_id=world["other-mgr"].id,
        answered_at=clock.now(),
    )
    db.session.add(partner)
    stranger = make_local_government("90203", "丙寅市", OrgType.CITY)
    make_user("stranger", stranger, Role.PROPOSER_MANAGER)
    digital = world["digital"].organization
    handoff = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)
    related = make_handoff(
        world, proposal, state=HandoffState.ACKNOWLEDGED, to=digital, part=HandoffPart.RELATED
    )
    # A later date: the reply of the lead ministry moves the clock of the case, inside.
    later = clock.today() + timedelta(days=90)
    change_due(related, later, reason="試験のため", actor=world["lead"])
    return handoff


def answer_secretly(world: World, handoff: Handoff) -> Reply:
    """Send a reply with a file, for the secretariat alone."""
    file = receive(BytesIO("改修,予定\n".encode()), "回答.csv", size_limit_bytes=1000)
    command = SaveReply(
        seen=Seen(1, 0),
        kind=ReplyKind.WILL_ACT,
        text=TEXT,
        planned_on=PLANNED_ON,
        files=(file,),
    )
    reply = save_reply(handoff, command, actor=world["coordinator"])
    send_reply(handoff, Seen(1, reply.version), actor=world["coordinator"])
    return reply


def answer_otherwise(reply: Reply) -> None:
    """Make the hidden reply another one, as if it had been written so (別の回答)."""
    reply.text, reply.kind, reply.planned_on = "難しいです。", ReplyKind.DIFFICULT, None
    reply.files.clear()


def seen_by(client: FlaskClient, login: str, handoff: Handoff) -> dict[str, tuple[int, bytes]]:
    """Every page and table that answers to a reader, without what chance makes unlike."""
    app = client.application
    if login:
        let_in(client, login)
    paths = [*readable(app, login, handoff), *ASKED]
    return {path: plain(client, path) for path in paths}


def readable(app: Flask, login: str, handoff: Handoff) -> list[str]:
    """Addresses of all that a role may ask for; the others refuse before they read anything."""
    role = ROLE_OF_LOGIN.get(login, Role.PROPOSER_MANAGER)
    number = handoff.proposal.receipt_number
    known = {**VALUES, "receipt_number": number, "handoff_id": handoff.id, "reply_id": 1}
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(door.endpoint, {name: known.get(name, 1) for name in door.arguments})
        for door in doors(app)
        if door.method == "GET"
        and door.endpoint not in LEFT_OUT
        and is_read(door)
        and may_enter(audience_of(app, door.endpoint), role, is_known=bool(login))
    ]


def is_read(door: Door) -> bool:
    is_of_another_thing = bool(door.arguments) and not door.arguments & OF_THE_CASE
    return (
        IS_WHOLE
        or not is_of_another_thing
        or crc32(door.endpoint.encode()) % SHARE_OF_OTHER_THINGS == 0
    )


def may_enter(audience: object, role: Role, *, is_known: bool) -> bool:
    if audience == PUBLIC or not is_known:
        return audience == PUBLIC
    return audience == SIGNED_IN or (isinstance(audience, frozenset) and role in audience)


def plain(client: FlaskClient, path: str) -> tuple[int, bytes]:
    answer = client.get(path, buffered=True)
    if answer.mimetype != "text/html":
        return answer.status_code, answer.data
    return answer.status_code, UNLIKE.sub("", CHANCE.sub("", answer.text)).encode()


def unlike(first: dict[str, tuple[int, bytes]], second: dict[str, tuple[int, bytes]]) -> list[str]:
    return [path for path in first if first[path] != second[path]]


@pytest.mark.parametrize("login", OUTSIDERS)
@pytest.mark.usefixtures("now")
def test_hidden_reply_changes_nothing_outside_p26(
    world: World, client: FlaskClient, db_session: Session, login: str
) -> None:
    handoff = handed_off(world)
    db_session.commit()

    version = handoff.proposal.version
    without = seen_by(client, login, handoff)
    reply = answer_secretly(world, handoff)
    db_session.commit()
    with_one = seen_by(client, login, handoff)
    answer_otherwise(reply)
    db_session.commit()
    with_another = seen_by(client, login, handoff)

    assert len(without) > 6
    assert handoff.proposal.version > version
    assert unlike(without, with_one) == OPERATOR_PAGES.get(login, [])
    assert unlike(with_one, with_another) == []


@pytest.mark.usefixtures("now")
def test_released_reply_is_seen_so_that_the_comparison_can_fail_p26(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    handoff = handed_off(world)
    number = handoff.proposal.receipt_number
    answer_secretly(world, handoff)
    db_session.commit()
    paths = ["/", "/proposals", f"/proposals/{number}", "/proposals?state=replied"]
    let_in(client, "city")
    before = {path: plain(client, path) for path in paths}

    release(world, reply_now(handoff))
    db_session.commit()
    after = {path: plain(client, path) for path in paths}

    assert unlike(before, after) == paths
    assert TEXT.encode() in after[f"/proposals/{number}"][1]


def test_operator_of_the_mail_does_not_read_of_which_case_a_reply_came_p26(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    handoff = handed_off(world)
    number = handoff.proposal.receipt_number
    answer_secretly(world, handoff)
    db_session.commit()
    letter = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.letter == "reply_sent")
    ).first()
    assert letter is not None
    page = f"/outbox/{letter.id}"

    def told(login: str) -> list[bool]:
        let_in(client, login)
        found = [client.get(path).text for path in ("/outbox?letter=reply_sent", page)]
        searched = client.get(f"/outbox?letter=reply_sent&q={number}").text
        return [*(f"{number} の回答" in text for text in found), page in searched]

    assert told("admin") == [False, False, False]
    assert told("lead") == [True, True, True]


def test_file_of_a_reply_is_handed_out_after_its_release_only_p26(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    handoff = handed_off(world)
    reply = answer_secretly(world, handoff)
    db_session.commit()
    # The partner reads along, a stranger does not.
    path = f"/replies/files/{reply.files[0].stored_file.public_id}"

    def statuses() -> list[int]:
        found = []
        for login in ("city", "other", "stranger", "officer1"):
            let_in(client, login)
            found.append(client.get(path, buffered=True).status_code)
        return found

    before = statuses()
    release(world, reply_now(handoff))
    db_session.commit()

    assert before == [404, 404, 404, 200]
    assert statuses() == [200, 200, 404, 200]
