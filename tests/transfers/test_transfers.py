"""Receipt of hand-overs (授受の確認, P50): confirmed, or on the list of the overdue."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, NotAllowed, NotFound
from app.handoffs.services.reply_parts import reply_parts
from app.notifications.models import OutboxMessage
from app.proposals.lifecycle import standing_of, take_back
from app.proposals.services.submission import Submit, submit
from app.transfers.models import Transfer, TransferKind
from app.transfers.parts import digest_of
from app.transfers.queries import get_transfer, standing, transfers_for, unconfirmed_overdue
from app.transfers.services import (
    ESCALATION,
    REMINDER,
    confirm_transfer,
    escalate_unconfirmed,
    open_transfer,
    remind_unconfirmed,
)
from app.triage.services.form_check import (
    Correction,
    ReturnForCorrection,
    return_for_correction,
)
from tests.accounts.browser import enter
from tests.answers.replies import make_reply, release
from tests.factories import World, declare_conflict, make_returned, make_submitted, make_world

NOW = clock.jst(2024, 8, 27, 10)
LAST_DAY = clock.jst(2024, 8, 30, 23, 59, 59)
NEXT_DAY = clock.jst(2024, 9, 2, 8, 35)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def transfers(session: Session) -> list[Transfer]:
    return list(session.scalars(select(Transfer).order_by(Transfer.id)).unique())


def numbers_for(session: Session, world: World, login: str) -> list[str]:
    rows = session.scalars(transfers_for(world[login]).order_by(Transfer.id)).unique()
    return [row.number for row in rows]


def all_three(world: World, session: Session) -> list[Transfer]:
    """A return, a reply and its release; nobody has received any of them."""
    make_returned(world)
    reply, lead = make_reply(world), world["lead"]
    open_transfer(
        TransferKind.RELEASE,
        reply.handoff.proposal,
        reply.id,
        reply_parts(reply),
        from_body_id=lead.organization_id,
        actor=lead,
    )
    session.commit()
    return transfers(session)


def test_p50_every_hand_over_has_number_hashes_and_date(world: World, db_session: Session) -> None:
    returned, replied, released = all_three(world, db_session)

    kinds = [row.kind for row in (returned, replied, released)]
    assert kinds == [TransferKind.RETURN, TransferKind.REPLY, TransferKind.RELEASE]
    assert len({row.number for row in (returned, replied, released)}) == 3
    assert replied.parts == released.parts
    assert [row.digest for row in (replied, released)] == [digest_of(replied.parts)] * 2
    assert {row.due_on for row in (returned, replied, released)} == {LAST_DAY.date()}


def test_p50_hashes_name_what_was_sent(world: World, db_session: Session) -> None:
    reply = make_reply(world)
    sent = transfers(db_session)[-1]
    reply.text += "。"

    assert digest_of(reply_parts(reply)) != sent.digest
    assert all(reply.text not in str(part) for part in sent.parts)


@pytest.mark.parametrize(
    ("place", "receiver", "others"),
    [
        (0, "city", ("officer1", "lead", "auditor", "other", "coordinator")),
        (1, "officer1", ("city", "city-mgr", "auditor", "admin", "coordinator", "digital-coord")),
        (2, "city-mgr", ("officer1", "lead", "auditor", "other-mgr", "coordinator")),
    ],
)
def test_p50_only_the_receiving_side_confirms_and_only_once(
    world: World, db_session: Session, place: int, receiver: str, others: tuple[str, ...]
) -> None:
    transfer = all_three(world, db_session)[place]
    for login in others:
        with pytest.raises(NotAllowed):
            confirm_transfer(transfer, actor=world[login])

    confirm_transfer(transfer, actor=world[receiver])
    db_session.commit()
    with pytest.raises(IllegalTransition):
        confirm_transfer(transfer, actor=world[receiver])

    assert (transfer.confirmed_by_id, transfer.confirmed_at) == (world[receiver].id, NOW)
    confirmed = select(func.count()).where(AuditEvent.verb == "transfer.confirm")
    assert db_session.scalar(confirmed) == 1


def test_p50_nobody_learns_of_what_is_not_handed_to_them(world: World, db_session: Session) -> None:
    returned, replied, released = (row.number for row in all_three(world, db_session))

    assert numbers_for(db_session, world, "officer1") == [returned, replied, released]
    assert numbers_for(db_session, world, "city") == [returned, released]
    assert numbers_for(db_session, world, "coordinator") == [replied]
    for login in ("other-mgr", "digital-coord", "observer", "admin"):
        assert numbers_for(db_session, world, login) == []
        with pytest.raises(NotFound):
            get_transfer(world[login], replied)
    declare_conflict(world["officer3"], body=world["city"].organization)
    db_session.flush()
    assert numbers_for(db_session, world, "officer3") == []


def test_p50_what_was_handed_over_is_confirmed_or_overdue(
    world: World, db_session: Session
) -> None:
    """The invariant: sent ⇒ confirmed, in time, or on the list, to the case."""
    returned, _replied, _released = all_three(world, db_session)
    listed = []
    for instant in (LAST_DAY, NEXT_DAY):
        with clock.at(instant):
            listed.append([row.id for row in db_session.scalars(unconfirmed_overdue()).unique()])
    confirm_transfer(returned, actor=world["city"])
    with clock.at(NEXT_DAY):
        after = {
            show: set(db_session.scalars(select(Transfer.id).where(standing(show))))
            for show in ("waiting", "overdue", "confirmed")
        }

    everything = {row.id for row in transfers(db_session)}
    assert [len(rows) for rows in listed] == [0, 3]
    assert after["overdue"] | after["confirmed"] == everything
    assert after["waiting"] == after["overdue"] == everything - {returned.id}


def test_p50_body_is_reminded_once_and_on_office_days(world: World, db_session: Session) -> None:
    all_three(world, db_session)
    counts = []
    for instant in (LAST_DAY, clock.jst(2024, 9, 1, 8, 35), NEXT_DAY, clock.jst(2024, 9, 3, 8, 35)):
        with clock.at(instant):
            counts.append(remind_unconfirmed(instant))

    told = select(OutboxMessage).where(OutboxMessage.letter == REMINDER)
    messages = [(row.recipient.login, row.body) for row in db_session.scalars(told)]
    assert counts == [0, 0, 3, 0]
    assert sorted(login for login, _body in messages) == ["city", "city", "city-mgr", "city-mgr"]
    assert all("受領する" in body and "/transfers/" in body for _login, body in messages)


def test_p50_late_hand_overs_go_up_to_the_leads_once(
    app: Flask, world: World, db_session: Session
) -> None:
    returned, *_others = all_three(world, db_session)
    counts = []
    for day in (2, 3, 4, 5):
        instant = clock.jst(2024, 9, day, 8, 42)
        with clock.at(instant):
            counts.append(escalate_unconfirmed(instant))
            if day == 2:
                remind_unconfirmed(instant)
                confirm_transfer(returned, actor=world["city"])
    with clock.at(clock.jst(2024, 9, 5, 9)):
        page = enter(app, "lead").get("/transfers?show=escalated")

    told = db_session.scalars(select(OutboxMessage).where(OutboxMessage.letter == ESCALATION)).all()
    late = transfers(db_session)[1:]
    # The date was Friday 30 August: its third office day is Wednesday 4 September.
    assert counts == [0, 0, 2, 0]
    assert [row.recipient.login for row in told] == ["lead"]
    assert "府省庁の回答" in told[0].body
    assert [row.number in page.text for row in (returned, *late)] == [False, True, True]


def test_p50_leads_get_no_letter_of_a_practice_round(world: World, db_session: Session) -> None:
    all_three(world, db_session)
    world.round.is_practice = True
    for day in (2, 4):
        instant = clock.jst(2024, 9, day, 8, 42)
        with clock.at(instant):
            late = escalate_unconfirmed(instant)
            remind_unconfirmed(instant)

    told = db_session.scalars(select(OutboxMessage).where(OutboxMessage.letter == ESCALATION)).all()
    assert (late, told) == (3, [])


def test_p50_nobody_has_to_receive_a_return_that_was_taken_back(
    world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    before = standing_of(case)
    items = (Correction(field="title", reason="対象の業務を書いてください。"),)
    return_for_correction(
        case, ReturnForCorrection(version=case.version, items=items), actor=world["officer1"]
    )
    take_back(case, before, actor=world["officer1"], changes={})
    (transfer,) = transfers(db_session)
    with clock.at(NEXT_DAY):
        overdue = list(db_session.scalars(unconfirmed_overdue()))
        reminded = remind_unconfirmed(NEXT_DAY)

    assert (transfer.cancelled_at, transfer.confirmed_at) == (NOW, None)
    assert (overdue, reminded) == ([], 0)
    with pytest.raises(IllegalTransition, match="取り下げました"):
        confirm_transfer(transfer, actor=world["city"])


def test_p50_both_sides_see_the_same_list(app: Flask, world: World, db_session: Session) -> None:
    _returned, replied, _released = all_three(world, db_session)
    page = f"/transfers/{replied.number}"
    sides = [enter(app, "coordinator"), enter(app, "officer1")]
    shown = [side.get(page).text.split('id="parts-head"')[1].split("</table>")[0] for side in sides]
    first = unescape(sides[1].get("/transfers").text)

    refused = sides[0].post(f"{page}/confirm")
    confirmed = sides[1].post(f"{page}/confirm")
    again = sides[1].post(f"{page}/confirm")

    assert shown[0] == shown[1]
    assert replied.digest in shown[0]
    assert ("受領待ち 3件" in first, replied.number in first) == (True, True)
    answers = [row.status_code for row in (refused, confirmed, again)]
    assert answers == [403, 302, 409]
    assert "受領済みです" in sides[0].get(page).text
    assert replied.number not in sides[1].get("/transfers").text
    assert enter(app, "city").get(page).status_code == 404


def test_list_of_the_overdue_is_paged(app: Flask, world: World, db_session: Session) -> None:
    all_three(world, db_session)

    with clock.at(NEXT_DAY):
        officer = enter(app, "officer1")
        pages = [officer.get(f"/transfers?show={show}&page=2") for show in ("overdue", "x", "")]

    assert [row.status_code for row in pages] == [200, 200, 200]
    assert "期限超過 3件" in unescape(pages[0].text)


def test_p50_whoever_answers_has_received(world: World, db_session: Session) -> None:
    case = make_returned(world)
    submit(case, Submit(version=case.version), actor=world["city-mgr"])
    release(world, make_reply(world))
    returned, replied, released = transfers(db_session)

    confirmed = [row.confirmed_by_id for row in (returned, replied, released)]
    assert confirmed == [world["city-mgr"].id, world["lead"].id, None]
