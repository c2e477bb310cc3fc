"""Made-up cases (合成の案件): what is copied is whole, and the same for the same seed."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.verification import verify
from app.core import clock
from app.core.text import search_key
from app.extensions import db
from app.integrity.checks import verify_all
from app.proposals.models import Proposal
from app.reports.backlog.queries import measure
from app.rounds.models import Round
from app.synth import planning
from app.synth.making import RealCases, make_cases
from app.synth.rounds import RoundExists
from app.workflow.states import State
from tests.factories import (
    make_accepted,
    make_classified,
    make_closed,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_in_review,
    make_merged,
    make_pending,
    make_returned,
    make_submitted,
    make_withdrawn,
    make_world,
)

NOON = clock.jst(2026, 9, 15, 12)
CASES = 40
MAKERS = (
    make_draft,
    make_submitted,
    make_returned,
    make_accepted,
    make_in_review,
    make_in_confirmation,
    make_classified,
    make_pending,
    make_closed,
    make_withdrawn,
    make_merged,
)


def tell_patterns() -> None:
    """One case in every state, and one at a ministry."""
    with clock.at(NOON - timedelta(days=1)):
        world = make_world()
        for make in MAKERS:
            make(world)
        make_handoff(world, make_classified(world))
        db.session.flush()
        db.session.execute(update(Proposal).values(is_sample=True))
        db.session.commit()


def digest() -> str:
    """What the made-up cases say, in the order of their ids."""
    rows = db.session.execute(
        select(Proposal.receipt_number, Proposal.state, Proposal.title, Proposal.detail)
        .where(Proposal.receipt_number.like("S%"))
        .order_by(Proposal.receipt_number)
    )
    text = "\n".join(f"{row[0]} {row[1].value} {row[2]} {row[3]}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def made(db_session: Session) -> Session:
    with clock.at(NOON):
        tell_patterns()
        make_cases(CASES, seed=5, rounds=2, with_all_bodies=False)
    return db_session


def test_made_up_cases_are_in_every_state_and_number(made: Session) -> None:
    rounds = list(made.scalars(select(Round).where(Round.key.like("S%")).order_by(Round.key)))
    of_rounds = Proposal.round_id.in_([round_.id for round_ in rounds])

    states = set(made.scalars(select(Proposal.state).where(of_rounds)))
    count = made.scalar(select(func.count(Proposal.id)).where(of_rounds))

    assert [round_.key for round_ in rounds] == ["S25", "S26"]
    assert count == CASES
    assert states == set(State)
    assert not any(round_.is_practice for round_ in rounds)


def test_trail_of_made_up_cases_is_intact(made: Session) -> None:
    result = verify(made)

    assert result.is_intact
    assert result.entries == made.scalar(select(func.count(AuditEvent.seq)))


def test_made_up_texts_are_found_by_their_key(made: Session) -> None:
    rows = made.scalars(select(Proposal).where(Proposal.receipt_number.like("S%"))).all()

    assert [row.search_key for row in rows] == [
        search_key(f"{row.title} {row.detail}") for row in rows
    ]


def test_made_up_cases_stand_where_their_trail_says(made: Session) -> None:
    with clock.at(NOON):
        for round_ in made.scalars(select(Round).where(Round.key.like("S%"))):
            now = measure(round_, None)
            replayed = measure(round_, None, NOON)

            assert now == replayed


def test_same_seed_makes_the_same_cases_on_both_databases(made: Session) -> None:
    assert digest() == "8a0099cfd605d41db1ab868e5af1a2decba6044d050c97b967c363c6b9dc67a7"


def test_made_up_rounds_are_made_once(made: Session) -> None:
    with clock.at(NOON), pytest.raises(RoundExists):
        make_cases(1, seed=1, rounds=1, with_all_bodies=False)


class Cut(BaseException):
    """The process ends here."""


def cut_after(blocks: int) -> Callable[[str], None]:
    told = count(1)

    def say(_line: str) -> None:
        if next(told) == blocks:
            raise Cut

    return say


def test_p01_what_a_cut_run_has_written_is_whole(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "COPIES_OF_A_BLOCK", 12)
    with clock.at(NOON):
        tell_patterns()
        make = partial(make_cases, CASES, seed=5, rounds=1, with_all_bodies=False)
        with pytest.raises(Cut):
            make(say=cut_after(2))
        db_session.rollback()
        with pytest.raises(RoundExists, match="続きは作れません"):
            make()
        found = [
            str(row)
            for result in verify_all(db_session.connection())
            for row in result.tally
            if result.rule.name != "index"
        ]

    made = select(func.count(Proposal.id)).join(Round).where(Round.key == "S26")
    assert found == []
    assert 2 * 12 <= (db_session.scalar(made) or 0) < CASES


def test_numbers_run_on_from_block_to_block(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "COPIES_OF_A_BLOCK", 7)
    told: list[str] = []
    with clock.at(NOON):
        tell_patterns()
        made = make_cases(20, seed=5, rounds=1, say=told.append, with_all_bodies=False)

    numbers = select(Proposal.receipt_sequence).join(Round).where(Round.key == "S26")
    given = sorted(filter(None, db_session.scalars(numbers)))
    assert (made.cases, len(told)) == (20, 3)
    assert given == list(range(1, len(given) + 1))
    assert verify(db_session).is_intact


def test_real_cases_are_left_alone(db_session: Session) -> None:
    make_submitted(make_world())
    db_session.commit()

    with pytest.raises(RealCases):
        make_cases(1, seed=1, rounds=1, with_all_bodies=False)
    assert db_session.scalar(select(func.count(Proposal.id))) == 1
