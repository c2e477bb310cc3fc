"""Cases on the desk (着手): the next one for each, given back, taken over, run out."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import Proposal
from app.triage.models import CaseClaim, Pile, Release
from app.triage.queries import open_assessment
from app.triage.services.claims import Claim, ClaimNext, claim, claim_next, release, renew
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.skips import Skip, skip, take_back_skip
from app.triage.worklist.claims import claim_on, neighbours_of, own_claims, own_skips
from app.triage.worklist.filters import QueueFilters
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_in_confirmation,
    make_in_review,
    make_submitted,
)
from tests.triage.pages import NOW

TERM = timedelta(hours=2)
TOMORROW = date(2024, 8, 21)


def take_next(
    world: World, login: str, pile: Pile = Pile.FORM_CHECK, **filters: str
) -> Proposal | None:
    command = ClaimNext(pile=pile, term=TERM, filters=QueueFilters(**filters))
    item = claim_next(world[login], world.round, command)
    return item.proposal if item else None


def take(
    world: World,
    proposal: Proposal,
    login: str,
    *,
    pile: Pile = Pile.FORM_CHECK,
    from_id: int | None = None,
) -> None:
    command = Claim(version=proposal.version, pile=pile, term=TERM, from_id=from_id)
    claim(proposal, command, actor=world[login])


def put_behind(world: World, proposal: Proposal, login: str, until: date = TOMORROW) -> None:
    command = Skip(version=proposal.version, until=until, reason="照会の返事を待つ")
    skip(proposal, command, actor=world[login])


def holder_of(proposal: Proposal) -> User | None:
    held = claim_on(proposal)
    return held.user if held else None


def ends_of(db_session: Session, proposal: Proposal) -> list[Release | None]:
    rows = select(CaseClaim).where(CaseClaim.proposal_id == proposal.id).order_by(CaseClaim.id)
    return [row.release for row in db_session.scalars(rows)]


def verbs_of(db_session: Session, proposal: Proposal) -> list[str]:
    db_session.commit()
    rows = (
        select(AuditEvent.verb)
        .where(AuditEvent.subject_type == "proposal", AuditEvent.subject_id == proposal.id)
        .order_by(AuditEvent.seq)
    )
    return [verb for verb in db_session.scalars(rows) if "claim" in verb or "skip" in verb]


# --- The next one -------------------------------------------------------------------------------


def test_next_case_is_the_one_due_first_that_nobody_has(world: World, db_session: Session) -> None:
    fresh = make_submitted(world)
    with clock.at(NOW - timedelta(days=14)):
        old = make_submitted(world)

    given = [take_next(world, login) for login in ("officer1", "officer2", "officer3")]

    assert given == [old, fresh, None]
    assert (holder_of(old), holder_of(fresh)) == (world["officer1"], world["officer2"])
    assert verbs_of(db_session, old) == ["proposal.claim"]


def test_next_case_is_one_the_person_may_do(world: World) -> None:
    hidden = make_submitted(world)
    declare_conflict(world["officer1"], proposal=hidden)
    own_opinion = make_in_confirmation(world)
    make_in_review(world, "officer2")

    given = [take_next(world, "officer1", pile) for pile in Pile]

    assert given == [None] * len(Pile)
    assert take_next(world, "officer2", Pile.CONFIRMATION) == own_opinion


def test_next_case_keeps_the_filters(world: World) -> None:
    make_submitted(world)
    wanted = make_submitted(world, title="図書館の貸出しの共通化")

    given = [take_next(world, "officer1", q="図書館"), take_next(world, "officer2", q="図書館")]

    assert given == [wanted, None]


def test_finished_step_ends_the_claim_by_itself(world: World, db_session: Session) -> None:
    case = make_in_review(world, "officer1")
    take_next(world, "officer1", Pile.REVIEW)

    give_opinion(world, case)

    assert (holder_of(case), ends_of(db_session, case)) == (None, [Release.DONE])


def test_case_that_another_one_finished_leaves_the_desk(world: World, db_session: Session) -> None:
    case = make_in_confirmation(world)
    take_next(world, "officer2", Pile.CONFIRMATION)
    put_behind(world, case, "officer3")
    waiting = open_assessment(case)
    assert waiting is not None

    confirm_assessment(
        case, Confirm(version=case.version, assessment_id=waiting.id), actor=world["lead"]
    )

    assert (holder_of(case), ends_of(db_session, case)) == (None, [Release.OVERTAKEN])
    assert own_skips(world["officer3"], world.round) == []


# --- Given back, taken over, run out --------------------------------------------------------------


def test_case_given_back_keeps_its_age_and_goes_to_the_next(world: World) -> None:
    with clock.at(NOW - timedelta(days=14)):
        case = make_submitted(world)
    before = (case.due_on, case.state_since, case.version)
    take_next(world, "officer1")

    release(case, actor=world["officer1"])

    assert (case.due_on, case.state_since, case.version) == before
    assert take_next(world, "officer2") == case


def test_only_who_has_a_case_can_give_it_back(world: World) -> None:
    case = make_submitted(world)
    take_next(world, "officer1")

    with pytest.raises(IllegalTransition):
        release(case, actor=world["officer2"])


def test_claim_of_a_colleague_is_taken_over_with_a_trace(world: World, db_session: Session) -> None:
    case = make_submitted(world)
    take_next(world, "officer1")

    with pytest.raises(StaleVersion, match="officer1が先に着手しました"):
        take(world, case, "officer2")
    with pytest.raises(StaleVersion, match="開いたときと変わっています"):
        take(world, case, "officer2", from_id=world["officer3"].id)
    take(world, case, "officer2", from_id=world["officer1"].id)

    assert holder_of(case) == world["officer2"]
    assert ends_of(db_session, case) == [Release.TAKEN_OVER, None]
    assert verbs_of(db_session, case) == ["proposal.claim", "proposal.take_over_claim"]


def test_claim_runs_out_unless_it_is_renewed(world: World, db_session: Session) -> None:
    left, kept = make_submitted(world), make_submitted(world)
    take(world, left, "officer1")
    take(world, kept, "officer1")
    with clock.at(NOW + timedelta(hours=1)):
        renew(kept, actor=world["officer1"], term=TERM)

    with clock.at(NOW + TERM):
        given = [take_next(world, "officer2"), take_next(world, "officer2")]
        own = [row.proposal for row in own_claims(world["officer1"], world.round)]

    assert (given, own) == ([left, None], [kept])
    assert ends_of(db_session, left) == [Release.EXPIRED, None]


def test_claim_is_refused_to_who_may_not_do_the_work(world: World) -> None:
    case = make_in_review(world, "officer1")

    with pytest.raises(NotAllowed):
        take(world, case, "officer2", pile=Pile.REVIEW)
    with pytest.raises(IllegalTransition):
        take(world, case, "officer1", pile=Pile.FORM_CHECK)


# --- Put behind -----------------------------------------------------------------------------------


def test_skipped_case_is_gone_for_that_person_until_the_day(
    world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    take_next(world, "officer1")

    put_behind(world, case, "officer1")

    assert (take_next(world, "officer1"), holder_of(case)) == (None, None)
    assert [row.proposal for row in own_skips(world["officer1"], world.round)] == [case]
    assert ends_of(db_session, case) == [Release.SKIPPED]
    with clock.at(NOW + timedelta(days=1)):
        assert take_next(world, "officer1") == case


def test_skipped_case_stays_with_everybody_else(world: World) -> None:
    case = make_submitted(world)

    put_behind(world, case, "officer1")

    assert take_next(world, "officer2") == case


def test_skip_can_be_taken_back(world: World, db_session: Session) -> None:
    case = make_submitted(world)
    put_behind(world, case, "officer1")
    put_behind(world, case, "officer1", TOMORROW + timedelta(days=1))

    take_back_skip(case, actor=world["officer1"])

    assert take_next(world, "officer1") == case
    with pytest.raises(IllegalTransition):
        take_back_skip(case, actor=world["officer1"])
    assert verbs_of(db_session, case) == [
        "proposal.skip",
        "proposal.skip",
        "proposal.take_back_skip",
        "proposal.claim",
    ]


def test_skip_never_reaches_beyond_the_due_date(world: World) -> None:
    case = make_submitted(world)
    assert case.due_on is not None

    for until, words in (
        (NOW.date(), "明日以降の日付にしてください"),
        (case.due_on + timedelta(days=1), "期限を過ぎないように"),
    ):
        with pytest.raises(InvalidInput) as refused:
            put_behind(world, case, "officer1", until)
        assert [said[: len(words)] for said in refused.value.errors["until"]] == [words]


# --- Before and after -----------------------------------------------------------------------------


def test_neighbours_keep_the_pile_and_leave_out_what_colleagues_do(world: World) -> None:
    first, second, third, fourth = (make_submitted(world) for _ in range(4))
    other = make_submitted(world, title="図書館の貸出しの共通化")
    take(world, third, "officer2")

    near = neighbours_of(world["officer1"], second, Pile.FORM_CHECK, QueueFilters(q="貸し出す業務"))

    assert near.previous is not None
    assert near.following is not None
    assert (near.previous.proposal, near.following.proposal) == (first, fourth)
    assert (near.position, near.total) == (2, 3)
    away = neighbours_of(world["officer1"], other, Pile.FORM_CHECK, QueueFilters(q="貸し出す業務"))
    assert (away.position, away.following and away.following.proposal) == (0, first)
