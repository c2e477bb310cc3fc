"""Letters about what happens in a round (募集回の知らせ)."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import IllegalTransition
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.services.receipts import resend_receipt
from app.workflow.states import State
from tests.factories import World, make_in_state, make_submitted, make_world

APP = Path(__file__).parents[2] / "app"


@pytest.fixture
def practice(db_session: Session) -> World:
    world = make_world()
    world.round.is_practice = True
    return world


def letters(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


@pytest.mark.parametrize("state", list(State))
def test_a14_practice_round_writes_to_nobody(
    practice: World, db_session: Session, state: State
) -> None:
    make_in_state(practice, state)

    assert letters(db_session) == 0


def test_round_that_counts_writes_letters(db_session: Session) -> None:
    make_submitted(make_world())

    assert letters(db_session) == 2


def test_a14_receipt_of_a_practice_case_is_not_sent_again(practice: World) -> None:
    case = make_submitted(practice)

    with pytest.raises(IllegalTransition):
        resend_receipt(case, actor=practice["city"])

    assert letters(db.session) == 0


def callers_of_enqueue() -> set[str]:
    return {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "enqueue"
    }


# Of no one round: they gather what is of real rounds, or tell of the machinery. Their own tests
# show that nothing of a practice round is in them.
OF_NO_ROUND = {
    "attestations/services.py",
    "jobs/alarms.py",
    "mailings/services/sending.py",
    "notifications/lost_passwords.py",
    "outsiders/services.py",
    "reminders/services/digests.py",
    "reminders/services/escalation.py",
    "tokens/services.py",
    "transfers/services.py",
}


def test_every_letter_asks_about_its_round() -> None:
    assert callers_of_enqueue() == {"rounds/letters.py"} | OF_NO_ROUND
