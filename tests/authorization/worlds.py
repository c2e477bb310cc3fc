"""The world of the matrix (権限表の世界): one case in each situation, people of every kind."""

from dataclasses import replace
from datetime import date, timedelta

from app.accounts.models import OrgType, Role
from app.comments.services import WriteComment, write_comment
from app.core import clock
from app.disclosure.services import OpenRequest, open_request
from app.extensions import db
from app.mailings.models import Audience, Seat
from app.mailings.services.writing import WriteMailing, write_mailing
from app.meetings.services.preparing import MakeMeeting, make_meeting
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.proposals.services.amendments import RequestAmendment, request_amendment
from app.rounds.services import NewRound, create_round
from app.watches.services import WriteWatch, add_watch
from app.workflow.handoffs import HandoffState
from tests.answers.replies import answer_handoff, release
from tests.authorization.cases import Cases
from tests.authorization.keys import add_keys
from tests.authorization.last_rooms import add_last_rooms
from tests.authorization.opening_desk import open_desk
from tests.authorization.opening_office import open_office
from tests.authorization.personal_rooms import add_personal_rooms
from tests.authorization.rooms import add_rooms
from tests.authorization.things import add_things
from tests.authorization.typed_rooms import type_numbers
from tests.authorization.waiting_rooms import add_waiting_rooms
from tests.batches.cases import make_batch, make_cited
from tests.consultations.threads import make_answered
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_closed,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_in_review,
    make_local_government,
    make_merged,
    make_pending,
    make_returned,
    make_submitted,
    make_user,
    make_withdrawn,
    make_world,
)
from tests.outsiders.people import make_outsider
from tests.plans.plan_world import make_plan
from tests.public.copies import make_published

NOW = clock.jst(2024, 8, 27, 10)

# Who reads: the name in the table, the login behind it. Nobody has none.
READERS = {
    "nobody": "",
    "proposer": "city",
    "manager": "city-mgr",
    "partner": "partner-mgr",
    "foreign": "other-mgr",
    "prefecture": "pref-mgr",
    "officer": "officer1",
    "second": "officer2",
    "conflicted": "officer3",
    "lead": "lead",
    "auditor": "auditor",
    "admin": "admin",
    "ministry": "ministry",
    "coordinator": "coordinator",
    "other_ministry": "digital",
    "other_coordinator": "digital-coord",
    "observer": "observer",
}


WITHOUT_PARTNER = (
    "draft",
    "foreign",
    "joint_asked",
    "joint_accepted",
    "own_approval_asked",
    "approval_needed",
    "plan_drafted",
    "plan_published",
)


def make_cases() -> Cases:
    """Build all of it in the running transaction, at NOW."""
    world = make_world()
    _add_bodies(world)
    cases = Cases(world=world)
    _add_inner_cases(cases)
    _add_handed_off_cases(cases)
    _add_settled_cases(cases)
    _add_other_rooms(cases)
    add_rooms(cases)
    add_things(cases)
    add_last_rooms(cases)
    add_waiting_rooms(cases)
    for situation, proposal in cases.by_situation.items():
        if situation not in WITHOUT_PARTNER:
            _join_partner(world, proposal)
    # Last of all: who has a conflict of interest could not have made the cases.
    declare_conflict(world["officer3"], body=world["city"].organization)
    outsider = make_outsider(
        world["city-mgr"], ends_at=NOW + timedelta(days=30), role=Role.PROPOSER
    )
    cases.know("outsider", user_id=outsider.id)
    open_desk(cases)
    open_office(cases)
    # After the devices, which end the tokens of their owners.
    add_keys(cases)
    type_numbers(cases)
    db.session.commit()
    return cases


def _add_bodies(world: World) -> None:
    partner = make_local_government("90203", "丙寅市", OrgType.CITY)
    prefecture = make_local_government("90200", "甲県", OrgType.PREFECTURE)
    for login, body in (("partner-mgr", partner), ("pref-mgr", prefecture)):
        world.people[login] = make_user(login, body, Role.PROPOSER_MANAGER)


def _join_partner(world: World, proposal: Proposal) -> None:
    db.session.add(
        CoProposer(
            proposal_id=proposal.id,
            organization_id=world["partner-mgr"].organization_id,
            asked_by_id=world["city"].id,
            asked_at=clock.now(),
            answer=PartnerAnswer.ACCEPTED,
            answered_by_id=world["partner-mgr"].id,
            answered_at=clock.now(),
        )
    )


def _add_inner_cases(cases: Cases) -> None:
    world = cases.world
    cases.keep("draft", make_draft(world))
    cases.keep("submitted", make_submitted(world))
    cases.keep("returned", make_returned(world))
    cases.keep("in_review", make_in_review(world))
    cases.keep("in_confirmation", make_in_confirmation(world))
    cases.keep("pending", make_pending(world))
    people = {**world.people, "city": world["other"], "city-mgr": world["other-mgr"]}
    cases.keep("foreign", make_in_confirmation(replace(world, people=people)))
    practice = create_round(
        world.round.scheme,
        NewRound(
            key="R8",
            label="練習",
            name="練習の募集",
            opens_at=clock.now() - timedelta(days=30),
            closes_at=clock.now() + timedelta(days=30),
            is_practice=True,
        ),
        actor=world["admin"],
    )
    cases.keep("practice", make_in_review(replace(world, round=practice)))
    cases.know("practice", key=practice.key)


def _add_handed_off_cases(cases: Cases) -> None:
    world = cases.world
    classified = cases.keep("classified", make_cited(world))
    make_batch(world, classified)
    cases.keep("watched", make_cited(world, "f2"))
    for situation, state in (
        ("handed_off", HandoffState.SENT),
        ("replied", HandoffState.ACKNOWLEDGED),
        ("released", HandoffState.ACKNOWLEDGED),
    ):
        case = cases.keep(situation, make_classified(world))
        handoff = cases.handoffs[situation] = make_handoff(world, case, state=state)
        if situation != "handed_off":
            reply = answer_handoff(world, handoff)
            if situation == "released":
                release(world, reply)


def _add_settled_cases(cases: Cases) -> None:
    world = cases.world
    closed = cases.keep("published", make_closed(world))
    make_published(world, closed)
    cases.keep("closed", make_closed(world))
    cases.keep("withdrawn", make_withdrawn(world))
    cases.keep("merged", make_merged(world))


def _add_other_rooms(cases: Cases) -> None:
    """One row where an address asks for the number of something else than a case."""
    world, of = cases.world, cases.by_situation
    make_plan(world)
    make_answered(world)
    add_watch(
        of["watched"],
        WriteWatch(
            condition="新しい技術が公表されたとき",
            source="所管府省庁の公表資料",
            check_on=date(2024, 10, 1),
            owner_id=world["officer1"].id,
        ),
        actor=world["officer1"],
    )
    write_comment(of["in_review"], WriteComment(body="内部の話"), actor=world["officer1"])
    amended = world.content(title="変更後の名称")
    command = RequestAmendment(version=of["submitted"].version, content=amended, reason="誤記")
    request_amendment(of["submitted"], command, actor=world["city-mgr"])
    request = OpenRequest(
        number="令6-12", received_on=date(2024, 8, 19), receipt_numbers=[of["closed"].reference]
    )
    open_request(request, actor=world["officer1"])
    meeting = MakeMeeting(
        round=world.round,
        title="仕分けの会議",
        held_on=clock.today(),
        proposals=[of["in_review"], of["foreign"]],
    )
    make_meeting(meeting, actor=world["officer1"])
    letter = WriteMailing(
        round_id=world.round.id,
        subject="お知らせ",
        text="本文",
        audience=next(iter(Audience)),
        seats=tuple(Seat)[:1],
    )
    write_mailing(letter, actor=world["officer1"])
    add_personal_rooms(cases)
