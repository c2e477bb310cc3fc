"""Opening the next round from one that was (募集回の複製)."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import Base
from app.proposals.models import Proposal
from app.rounds.models import Category, Round, RoundTerm
from app.rounds.services import NewCategory, add_category
from app.rounds.services.cloning import RULES, CloneRound, clone_round, suggest_clone
from app.workflow.states import FollowUp
from app.workflow.terms import Term
from tests.factories import World, make_classified, make_world

OPENS_AT = datetime(2024, 8, 1, 9, tzinfo=clock.JST)
CLOSES_AT = datetime(2024, 8, 27, 23, 59, 59, tzinfo=clock.JST)


@pytest.fixture
def world(db_session: Session) -> World:
    """A world with one classified case, whose round is then moved to 令和6年8月."""
    world = make_world()
    make_classified(world)
    world.round.opens_at, world.round.closes_at = OPENS_AT, CLOSES_AT
    db_session.flush()
    return world


def rules_of(session: Session, model: type[Base], round_: Round) -> list[dict[str, object]]:
    """Rows of one kind without what names their owner."""
    rows = session.scalars(select(model).filter_by(round_id=round_.id))
    names = [column.key for column in inspect(model).column_attrs]
    kept = [name for name in names if name not in ("id", "round_id")]
    return sorted(({name: getattr(row, name) for name in kept} for row in rows), key=repr)


def test_suggestion_is_the_round_a_year_later(world: World) -> None:
    suggestion = suggest_clone(world.round)

    assert suggestion == CloneRound(
        key="R7",
        label="令和7年",
        name=world.round.name,
        opens_at=datetime(2025, 8, 1, 9, tzinfo=clock.JST),
        closes_at=datetime(2025, 8, 27, 23, 59, 59, tzinfo=clock.JST),
    )


def test_suggestion_passes_over_keys_that_are_taken(world: World) -> None:
    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])

    assert (made.key, suggest_clone(world.round).key) == ("R7", "R8")


def test_suggestion_of_a_leap_day_is_the_day_before(world: World) -> None:
    world.round.opens_at = datetime(2024, 2, 29, 9, tzinfo=clock.JST)

    assert suggest_clone(world.round).opens_at == datetime(2025, 2, 28, 9, tzinfo=clock.JST)


def test_clone_has_the_rules_of_its_source(world: World, db_session: Session) -> None:
    world.round.reviewers_required = 1
    world.round.attachment_total_limit_mb = 45
    terms = {row.term: row for row in world.round.terms}
    terms[Term.REVIEW].office_days = 12

    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])

    assert (made.reviewers_required, made.attachment_total_limit_mb) == (1, 45)
    assert made.office_days(Term.REVIEW) == 12
    for model in RULES:
        rules = rules_of(db_session, model, made)
        assert rules == rules_of(db_session, model, world.round)
        assert rules != []


def test_clone_has_a_scheme_of_its_own(world: World, db_session: Session) -> None:
    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])
    new_row = NewCategory(
        code="F-7",
        key="f7",
        label="新しい分類",
        short_label="F-7",
        response_policy="方針",
        follow_up=FollowUp.REFERENCE,
        is_evidence_required=False,
    )
    add_category(made.scheme, new_row, actor=world["admin"])

    assert made.scheme.id != world.round.scheme.id
    assert [row.key for row in made.scheme.categories] == ["types", "core20", "f2", "f5", "f7"]
    assert [row.key for row in world.round.scheme.categories] == ["types", "core20", "f2", "f5"]
    case = db_session.scalars(select(Proposal)).one()
    assert case.category is not None
    assert case.category.scheme_id == world.round.scheme.id


def test_clone_begins_without_cases_numbers_or_figures(world: World) -> None:
    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])

    assert (made.last_receipt_sequence, made.statistics_published_at) == (0, None)
    assert (made.closing_changes, made.published_figures, made.is_practice) == ([], [], False)


def test_clone_leaves_a_trace(world: World, db_session: Session) -> None:
    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])

    db_session.commit()
    entry = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "round.clone")).one()
    assert (entry.subject_id, entry.changes["from"], entry.changes["key"]) == (made.id, "R6", "R7")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "R6"}, "key"),
        ({"key": "r7"}, "key"),
        ({"key": "R7/1"}, "key"),
        ({"key": ""}, "key"),
        ({"label": "　"}, "label"),
        ({"name": ""}, "name"),
        ({"closes_at": OPENS_AT}, "closes_on"),
    ],
)
def test_clone_with_a_fault_is_refused_and_nothing_made(
    world: World, db_session: Session, change: dict[str, object], field: str
) -> None:
    command = replace(suggest_clone(world.round), **change)

    with pytest.raises(InvalidInput) as refused:
        clone_round(world.round, command, actor=world["admin"])

    assert list(refused.value.errors) == [field]
    assert db_session.scalars(select(Round.key)).all() == ["R6"]


@pytest.mark.parametrize("login", ["lead", "officer1", "city-mgr"])
def test_clone_is_made_by_the_admin_alone(world: World, login: str) -> None:
    with pytest.raises(NotAllowed):
        clone_round(world.round, suggest_clone(world.round), actor=world[login])


def test_copied_rows_belong_to_the_clone(world: World, db_session: Session) -> None:
    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])

    categories = db_session.scalars(select(Category).filter_by(scheme_id=made.scheme_id)).all()
    terms = db_session.scalars(select(RoundTerm).filter_by(round_id=made.id)).all()
    assert (len(categories), len(terms)) == (4, len(world.round.terms))
