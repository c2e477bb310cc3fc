"""Opinions with what was suggested for them (候補の成り行き), as far as the reader may know."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, true

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.registers.models import Register, RegisterEntry
from app.rounds.models import Round
from app.suggestions.models import ShownSuggestion
from app.suggestions.quality import (
    MONTHS_BEFORE,
    Fall,
    ShownOpinion,
    ShownRow,
    falls,
    months_before,
)
from app.suggestions.row_names import CATEGORY_OF
from app.triage.blindness import class_is_open_to
from app.triage.models import Assessment, AssessmentEvidence


def shown_opinions(reader: User, since: datetime | None = None) -> list[ShownOpinion]:
    """Opinions of real rounds on cases the reader may see, oldest first (利益相反を除く).

    All of them, or those given from an instant on.
    Those given without the desk, as in a meeting, had no suggestions beside them.
    Opinions that nobody has answered in a blind round are left out for who may not read them.
    """
    statement = (
        select(Assessment.id, Assessment.created_at)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .join(Round, Round.id == Proposal.round_id)
        .where(
            visible_to(reader),
            class_is_open_to(reader),
            Round.is_practice.is_(False),
            Assessment.suggestions_version.is_not(None),
            _is_given_from(since),
        )
        .order_by(Assessment.created_at, Assessment.id)
    )
    given = db.session.execute(statement).all()
    rows, cited = _shown_rows(since), _cited_keys(since)
    return [
        ShownOpinion(
            given_on=clock.to_jst(created_at).date(),
            rows=tuple(rows[assessment_id]),
            cited_keys=frozenset(cited[assessment_id]),
        )
        for assessment_id, created_at in given
        if rows[assessment_id] or cited[assessment_id]
    ]


def fall_of_today(reader: User) -> Fall | None:
    """Fall of the rate in this month, else in the month before, None for neither (低下の知らせ).

    Reads no opinion older than the two are compared with.
    """
    today = clock.today()
    last = months_before(today, 1)
    first = months_before(last, MONTHS_BEFORE)
    opinions = shown_opinions(reader, since=clock.jst(first.year, first.month, 1))
    return next((fall for fall in falls(opinions) if fall.month >= last), None)


def _is_given_from(since: datetime | None) -> ColumnElement[bool]:
    return true() if since is None else Assessment.created_at >= since


def _shown_rows(since: datetime | None) -> dict[int, list[ShownRow]]:
    found: dict[int, list[ShownRow]] = defaultdict(list)
    places: Counter[tuple[int, str]] = Counter()
    statement = (
        select(ShownSuggestion, RegisterEntry.as_of)
        .join(RegisterEntry, RegisterEntry.id == ShownSuggestion.register_entry_id)
        .join(Assessment, Assessment.id == ShownSuggestion.assessment_id)
        .where(_is_given_from(since))
        .order_by(ShownSuggestion.assessment_id, ShownSuggestion.position)
    )
    for row, as_of in db.session.execute(statement):
        places[row.assessment_id, row.category_key] += 1
        found[row.assessment_id].append(
            ShownRow(
                category_key=row.category_key,
                place=places[row.assessment_id, row.category_key],
                verdict=row.verdict,
                register_age_days=(clock.to_jst(row.shown_at).date() - as_of).days,
                engine_version=row.engine_version,
            )
        )
    return found


def _cited_keys(since: datetime | None) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    statement = (
        select(AssessmentEvidence.assessment_id, RegisterEntry.register)
        .join(RegisterEntry, RegisterEntry.id == AssessmentEvidence.register_entry_id)
        .join(Assessment, Assessment.id == AssessmentEvidence.assessment_id)
        .where(_is_given_from(since))
    )
    pairs: Sequence[tuple[int, Register]] = [
        (row[0], row[1]) for row in db.session.execute(statement)
    ]
    for assessment_id, register in pairs:
        found[assessment_id].add(CATEGORY_OF[register])
    return found
