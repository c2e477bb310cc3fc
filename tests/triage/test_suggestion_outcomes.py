"""A fall of the rate is told while it is new (候補の的中率の低下)."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.suggestions.engine import ENGINE_VERSION
from app.suggestions.models import Rule, ShownSuggestion, Verdict
from app.suggestions.quality import LEAST_OPINIONS, Fall
from app.triage.models import Assessment, AssessmentEvidence, AssessmentStatus
from app.triage.suggestion_outcomes import fall_of_today
from tests.accounts.browser import enter
from tests.factories import World, make_in_review

JUNE = clock.jst(2024, 6, 20, 10)
AUGUST = clock.jst(2024, 8, 20, 10)


def opinion(world: World, proposal: Proposal, at: datetime, *, is_hit: bool) -> None:
    """An opinion that cites a row which stood first among the suggestions, or not at all."""
    given = Assessment(
        proposal_id=proposal.id,
        author_id=world["officer1"].id,
        category_id=db.session.scalars(select(Category.id).where(Category.key == "f5")).one(),
        reason="理由",
        answers={},
        status=AssessmentStatus.SUPERSEDED,
        suggestions_version=ENGINE_VERSION,
        created_at=at,
        evidence=[AssessmentEvidence(register_entry_id=world.entry.id, quote="")],
    )
    db.session.add(given)
    db.session.flush()
    if is_hit:
        shown = ShownSuggestion(
            assessment_id=given.id,
            position=1,
            register_entry_id=world.entry.id,
            category_key="types",
            rule=Rule.NAME,
            field="title",
            span_start=0,
            span_end=1,
            score=0.9,
            engine_version=ENGINE_VERSION,
            shown_at=at,
            verdict=Verdict.ACCEPTED,
        )
        db.session.add(shown)


@pytest.fixture
def fallen(world: World) -> Proposal:
    """A case whose opinions were met by the suggestions in June, and no more in August."""
    proposal = make_in_review(world)
    opinion(world, proposal, JUNE, is_hit=True)
    for _ in range(LEAST_OPINIONS):
        opinion(world, proposal, AUGUST, is_hit=False)
    db.session.commit()
    return proposal


@pytest.mark.parametrize(("month", "is_told"), [(8, True), (9, True), (10, False)])
@pytest.mark.usefixtures("fallen")
def test_fall_is_told_in_its_month_and_the_next(world: World, month: int, is_told: bool) -> None:
    with clock.at(clock.jst(2024, month, 28, 10)):
        found = fall_of_today(world["lead"])

    told = Fall(month=clock.to_jst(AUGUST).date().replace(day=1), before=1.0, after=0.0)
    assert found == (told if is_told else None)


@pytest.mark.usefixtures("fallen")
def test_home_tells_the_lead_of_a_fall(app: Flask) -> None:
    words = "令和6年8月に、分類の候補の的中率が下がっています"

    assert [words in enter(app, login).get("/").text for login in ("lead", "officer1")] == [
        True,
        False,
    ]
