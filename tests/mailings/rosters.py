"""Rosters that change between the look and the release, for the trials of the mis-send guard."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.accounts.models import Role, User, UserRole
from app.core import clock
from app.mailings.models import Audience, Mailing, Seat
from app.mailings.queries import messages_of
from app.mailings.recipients import recipients_of
from app.mailings.services.sending import ConfirmCount, confirm_count, release_mailing
from app.mailings.services.writing import WriteMailing, write_mailing
from app.notifications.models import OutboxMessage
from app.notifications.rosters import RosterChanged
from tests.factories import World, make_user

CHANGES = ("join", "leave", "come back", "move", "lose the role", "address", "name", "none")
changes = st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 5)), max_size=4)
audiences = st.sampled_from([Audience.ALL_BODIES, Audience.WITHOUT_PROPOSAL])


def people_of(world: World) -> list[User]:
    """The managers of two bodies whom the changes touch, six in all."""
    bodies = (world["city"].organization, world["other"].organization)
    return [
        make_user(f"roster-{number}", bodies[number % 2], Role.PROPOSER_MANAGER)
        for number in range(6)
    ]


def send_through(
    world: World, session: Session, people: Sequence[User], audience: Audience, drawn: Any
) -> tuple[list[int], list[int], bool]:
    """Confirm, change the roster, release: who was confirmed, who got it, whether it was let go."""
    command = WriteMailing(
        round_id=world.round.id,
        subject="お知らせ",
        text="{団体名}の{氏名}さんへ",
        audience=audience,
        seats=(Seat.MANAGER,),
    )
    mailing = write_mailing(command, actor=world["officer1"])
    session.flush()
    found = recipients_of(mailing)
    confirm_count(
        mailing,
        ConfirmCount(version=mailing.version, seen=found.digest(), typed=str(len(found.people))),
        actor=world["officer1"],
    )
    session.flush()
    confirmed = list(mailing.confirmed_ids)
    for change, number in drawn:
        _change(world, people[number], change)
    session.flush()
    is_released = _release(world, mailing)
    session.flush()
    return confirmed, envelope_of(session, mailing), is_released


def envelope_of(session: Session, mailing: Mailing) -> list[int]:
    """People for whom a message lies in the outbox (実際の宛先)."""
    rows: list[OutboxMessage] = list(session.scalars(messages_of(mailing)))
    return [row.recipient_id for row in rows]


def shown_fields(mailing: Mailing, typed: str) -> dict[str, object]:
    """What the page of the confirmation sends, with a number as typed."""
    found = recipients_of(mailing)
    seen = ".".join(str(number) for number in found.ids)
    return {
        "version": mailing.version,
        "seen": found.digest(),
        "seen_people": seen,
        "typed": typed,
    }


def _release(world: World, mailing: Mailing) -> bool:
    try:
        release_mailing(mailing, mailing.version, actor=world["officer2"])
    except RosterChanged:
        return False
    return True


def _change(world: World, user: User, change: str) -> None:
    if change in ("leave", "come back"):
        user.disabled_at = clock.now() if change == "leave" else None
    elif change == "move":
        bodies = (world["city"].organization, world["other"].organization)
        user.organization = bodies[user.organization is bodies[0]]
    elif change in ("lose the role", "join"):
        role = Role.PROPOSER if change == "lose the role" else Role.PROPOSER_MANAGER
        user.role_grants = [row for row in user.role_grants if row.role is role] or [
            UserRole(role=role)
        ]
    elif change == "address":
        user.email = f"{(user.email or '').split('@')[0]}x@example.jp"
    elif change == "name":
        user.display_name = f"{user.display_name}改"
