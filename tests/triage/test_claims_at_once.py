"""Several people call for the next case at the same moment (次の1件の同時操作)."""

from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Role
from app.audit.verification import verify
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.rounds.queries import get_round
from app.triage.models import CaseClaim, Pile
from app.triage.services.claims import ClaimNext, claim_next
from tests.factories import make_submitted, make_user, make_world
from tests.triage.test_claims import TERM
from tests.triage.test_concurrency import at_once, find_user

PEOPLE = 10


def prepare(app: Flask, cases: int) -> None:
    with app.app_context(), unit_of_work():
        world = make_world()
        for number in range(PEOPLE):
            make_user(f"reader{number}", world["officer1"].organization, Role.OFFICER)
        for _ in range(cases):
            make_submitted(world)


def call(app: Flask) -> list[str | None]:
    """Everybody calls for the next case at once; return what each was given."""
    given: list[str | None] = [None] * PEOPLE

    def take(position: int) -> None:
        actor, round_ = find_user(f"reader{position}"), get_round("R6")
        with unit_of_work():
            item = claim_next(actor, round_, ClaimNext(pile=Pile.FORM_CHECK, term=TERM))
            given[position] = item.proposal.reference if item else None

    works = [lambda position=position: take(position) for position in range(PEOPLE)]
    assert at_once(app, works) == ["done"] * PEOPLE
    return given


def test_p05_ten_people_at_once_get_ten_cases(committed_app: Flask) -> None:
    prepare(committed_app, PEOPLE)

    given = call(committed_app)

    assert sorted(number or "" for number in given) == [f"R6-{n:04d}" for n in range(1, 11)]
    with committed_app.app_context():
        assert verify(db.session).is_intact


def test_p05_more_people_than_cases_share_none(committed_app: Flask) -> None:
    prepare(committed_app, 4)

    first, second = call(committed_app), call(committed_app)

    got = sorted(number for number in first if number)
    assert got == [f"R6-{n:04d}" for n in range(1, 5)]
    assert second == [None] * PEOPLE
    with committed_app.app_context():
        claims = db.session.scalar(select(func.count()).select_from(CaseClaim))
        assert claims == 4
