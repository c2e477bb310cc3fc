"""Situations made after all the others (最後に加える場面), so that no number before them moves."""

from dataclasses import replace

from app.accounts.services.bodies import set_requires_approval
from app.extensions import db
from app.mailings.models import Audience, Mailing, Seat
from app.mailings.recipients import recipients_of
from app.mailings.services.sending import ConfirmCount, confirm_count
from app.mailings.services.writing import WriteMailing, write_mailing
from app.workflow.states import FollowUp
from tests.authorization.cases import Cases
from tests.candidates.lists import add
from tests.factories import World, make_draft
from tests.follow_ups.cases import make_of


def add_last_rooms(cases: Cases) -> None:
    """All of them."""
    world = cases.world
    cases.know("candidate_bare", candidate_id=add(world, "取り消せる候補").id)
    cases.keep("reference", make_of(world, FollowUp.REFERENCE))
    _add_confirmed_letter(cases)
    _add_draft_for_approval(cases)


def _add_confirmed_letter(cases: Cases) -> None:
    mailing = confirmed_letter(cases.world, "数を確かめたお知らせ")
    cases.know("mailing_confirmed", mailing_id=mailing.id)


def confirmed_letter(world: World, subject: str) -> Mailing:
    """A letter to the managers of all bodies whose number somebody has confirmed (確認済み)."""
    letter = WriteMailing(
        round_id=world.round.id,
        subject=subject,
        text="本文",
        audience=Audience.ALL_BODIES,
        seats=(Seat.MANAGER,),
    )
    mailing = write_mailing(letter, actor=world["officer1"])
    found = recipients_of(mailing)
    counted = ConfirmCount(
        version=mailing.version,
        seen=found.digest(),
        typed=str(len(found.people)),
        has_read_warnings=True,
    )
    confirm_count(mailing, counted, actor=world["officer1"])
    db.session.flush()
    return mailing


def _add_draft_for_approval(cases: Cases) -> None:
    """In a body of its own kind: what it submits needs an approval (決裁)."""
    world = cases.world
    people = {**world.people, "city": world["other"], "city-mgr": world["other-mgr"]}
    cases.keep("approval_needed", make_draft(replace(world, people=people)))
    body, manager = world["other"].organization, world["other-mgr"]
    set_requires_approval(body, True, version=body.version, actor=manager)
