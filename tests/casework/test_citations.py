"""Cases that cite a row of a register (行を根拠にした提案)."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.citations import citations_of
from app.extensions import db
from app.proposals.models import Proposal
from app.triage.models import Assessment, AssessmentEvidence
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_in_confirmation,
    make_world,
)

PAGE = "/registers/types/1/cases"


def cite(world: World, proposal: Proposal) -> Proposal:
    """Let the opinion of the case rest on the row of the world."""
    assessment = db.session.scalars(
        select(Assessment).where(Assessment.proposal_id == proposal.id)
    ).one()
    assessment.evidence.append(
        AssessmentEvidence(register_entry_id=world.entry.id, quote=proposal.title)
    )
    return proposal


def listed(app: Flask, login: str, *cases: Proposal) -> list[bool]:
    page = enter(app, login).get(PAGE).text
    return [f">{case.receipt_number}</a>" in page for case in cases]


def test_settled_cases_are_listed_and_open_ones_are_not(app: Flask, db_session: Session) -> None:
    world = make_world()
    settled = cite(world, make_classified(world))
    waiting = cite(world, make_in_confirmation(world))
    db_session.commit()

    assert listed(app, "officer2", settled, waiting) == [True, False]


def test_conflict_hides_a_case_and_its_count(app: Flask, db_session: Session) -> None:
    world = make_world()
    hidden, other = (cite(world, make_classified(world)) for _ in range(2))
    declare_conflict(world["officer2"], proposal=hidden)
    db_session.commit()

    seen = listed(app, "officer2", hidden, other)

    assert seen == [False, True]
    assert "確定した仕分け意見 1件" in enter(app, "officer2").get(PAGE).text
    assert "確定した仕分け意見 2件" in enter(app, "auditor").get(PAGE).text


def test_practice_is_listed_only_while_it_is_looked_at(db_session: Session) -> None:
    world = make_world()
    cite(world, make_classified(world))
    world.round.is_practice = True
    db_session.flush()

    counts = [
        len(db_session.execute(citations_of(world.entry, world["officer2"], chosen)).all())
        for chosen in (world.round, None)
    ]

    assert counts == [1, 0]


def test_admin_does_not_read_cases(app: Flask, db_session: Session) -> None:
    make_world()
    db_session.commit()

    assert enter(app, "admin").get(PAGE).status_code == 403
