"""Preparing and sending hand-offs (送付の準備・送付)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.extensions import db
from app.handoffs.models import Handoff
from app.handoffs.services.prepare import (
    ChangePrepared,
    Prepare,
    add_prepared,
    change_prepared,
    discard_prepared,
    prepare_handoff,
)
from app.handoffs.services.send import Send, send_handoff
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffPart, HandoffPurpose, HandoffState
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_handoff,
    make_in_review,
    make_organization,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def command(world: World, proposal: Proposal, **changes: object) -> Prepare:
    values: dict[str, object] = {
        "version": proposal.version,
        "destination_id": world["ministry"].organization_id,
        "part": HandoffPart.LEAD,
        "purpose": HandoffPurpose.REQUEST,
        "request_text": "検討をお願いします。",
        "reason": "試験のため",
    }
    return Prepare(**(values | changes))  # type: ignore[arg-type]  # values by name


def letters(kind: str) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.subject)
        .where(OutboxMessage.letter == kind)
        .order_by(OutboxMessage.id)
    )
    return [(str(row.recipient_id), row.subject) for row in rows]


def wrong(world: World, proposal: Proposal, **changes: object) -> list[str]:
    """Fields at which a command is refused; nothing is left of it."""
    before = db.session.scalar(select(func.count()).select_from(Handoff))
    with pytest.raises(InvalidInput) as refused:
        prepare_handoff(proposal, command(world, proposal, **changes), actor=world["officer1"])
    assert db.session.scalar(select(func.count()).select_from(Handoff)) == before
    return list(refused.value.errors)


@pytest.mark.parametrize("state", list(HandoffState))
def test_make_handoff_reaches_every_state(world: World, state: HandoffState) -> None:
    handoff = make_handoff(world, make_classified(world), state=state)

    assert handoff.state is state


def test_prepare_refuses_what_cannot_be_sent(world: World) -> None:
    proposal = make_classified(world)
    gone = make_organization(OrganizationKind.MINISTRY, "旧省")
    gone.dissolved_on, gone.successor = clock.today(), world["digital"].organization
    db.session.flush()
    with pytest.raises(InvalidInput) as dissolved:
        prepare_handoff(
            proposal, command(world, proposal, destination_id=gone.id), actor=world["officer1"]
        )
    no_ministry = wrong(world, proposal, destination_id=world["city"].organization_id)
    nothing = wrong(world, proposal, destination_id=0, request_text=" ", reason="")
    foreign_file = wrong(world, proposal, attachment_ids=(999,))

    assert dissolved.value.errors["destination_id"] == [
        "旧省は廃止されています。承継したデジタル庁を選んでください"
    ]
    assert no_ministry == ["destination_id"]
    assert nothing == ["destination_id", "request_text", "reason"]
    assert foreign_file == ["attachment_ids"]


def test_second_lead_and_second_hand_off_are_refused_in_words(world: World) -> None:
    proposal = make_classified(world)
    make_handoff(world, proposal)

    same = wrong(world, proposal, part=HandoffPart.RELATED)
    second_lead = wrong(world, proposal, destination_id=world["digital"].organization_id)

    assert (same, second_lead) == (["destination_id"], ["part"])


def test_race_for_the_same_destination_gives_words_and_leaves_the_transaction(
    world: World,
) -> None:
    proposal = make_classified(world)
    make_handoff(world, proposal)
    # What the second of two people sends, after both looked at once.
    late = Handoff(
        proposal=proposal,
        destination=world["ministry"].organization,
        part=HandoffPart.RELATED,
        purpose=HandoffPurpose.REQUEST,
        request_text="同じ送付先",
        state=HandoffState.PREPARED,
    )

    with pytest.raises(InvalidInput) as refused:
        add_prepared(late, (), actor=world["officer2"])

    assert list(refused.value.errors) == ["destination_id"]
    assert isinstance(refused.value.__cause__, IntegrityError)
    assert db.session.scalar(select(func.count()).select_from(Handoff)) == 1


def test_only_a_classified_case_is_handed_off_by_its_secretariat(world: World) -> None:
    proposal, in_review = make_classified(world), make_in_review(world)
    declare_conflict(world["officer2"], proposal=proposal)

    for login in ("ministry", "auditor", "officer2"):
        with pytest.raises(NotAllowed):
            prepare_handoff(proposal, command(world, proposal), actor=world[login])
    with pytest.raises(IllegalTransition):
        prepare_handoff(in_review, command(world, in_review), actor=world["officer1"])
    with pytest.raises(StaleVersion):
        prepare_handoff(proposal, command(world, proposal, version=1), actor=world["officer1"])


def test_sending_locks_the_text_tells_the_coordinator_and_starts_the_term(world: World) -> None:
    proposal = make_classified(world)
    handoff = make_handoff(world, proposal, state=HandoffState.PREPARED)
    untold = letters("handed_off")
    change = ChangePrepared(
        version=handoff.version, purpose=HandoffPurpose.REQUEST, request_text="直した依頼文"
    )
    change_prepared(handoff, change, actor=world["officer2"])
    opened = handoff.version
    send_handoff(handoff, Send(version=opened), actor=world["officer1"])

    assert (untold, handoff.request_text) == ([], "直した依頼文")
    assert [row[0] for row in letters("handed_off")] == [str(world["coordinator"].id)]
    assert proposal.due_on == handoff.due_on is not None
    with pytest.raises(StaleVersion):
        send_handoff(handoff, Send(version=opened), actor=world["officer1"])
    with pytest.raises(IllegalTransition):
        send_handoff(handoff, Send(version=handoff.version), actor=world["officer1"])
    with pytest.raises(IllegalTransition):
        discard_prepared(handoff, handoff.version, actor=world["officer1"])


def test_related_ministry_is_asked_only_beside_a_lead(world: World) -> None:
    proposal = make_classified(world)
    related = make_handoff(
        world,
        proposal,
        state=HandoffState.PREPARED,
        to=world["digital"].organization,
        part=HandoffPart.RELATED,
    )
    with pytest.raises(InvalidInput):
        send_handoff(related, Send(version=related.version), actor=world["officer1"])
    change = ChangePrepared(
        version=related.version, purpose=HandoffPurpose.INFORMATION, request_text="お知らせ"
    )
    change_prepared(related, change, actor=world["officer1"])

    send_handoff(related, Send(version=related.version), actor=world["officer1"])

    assert related.state is HandoffState.SENT


def test_practice_round_writes_to_nobody(world: World) -> None:
    world.round.is_practice = True

    make_handoff(world, make_classified(world))

    assert letters("handed_off") == []


def test_clock_of_the_case_follows_the_earliest_date(world: World) -> None:
    proposal = make_classified(world)
    first = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)
    with clock.at(clock.now() + timedelta(days=7)):
        second = make_handoff(
            world,
            proposal,
            state=HandoffState.ACKNOWLEDGED,
            to=world["digital"].organization,
            part=HandoffPart.RELATED,
        )

    assert first.due_on is not None
    assert second.due_on is not None
    assert proposal.due_on == first.due_on < second.due_on
