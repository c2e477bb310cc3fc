"""Guards asked where they stand (直接の確認): behind the pages, by somebody they must keep out.

Some guards no page can show alone: another one decides before them, or they keep something out of a
list or a letter. Each such question has its guard's name, and is asked with the guard and without.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.errors import DomainError, NotAllowed, NotFound
from app.extensions import db
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from tests.authorization.probing import Prober
from tests.authorization.worlds import NOW


@dataclass
class Scene:
    """The world of the matrix, as the services see it."""

    prober: Prober

    def person(self, login: str) -> User:
        """Somebody by the login."""
        return db.session.scalars(select(User).where(User.login == login)).one()

    def value(self, situation: str, name: str) -> int:
        """What stands in the addresses of a situation."""
        return int(str(self.prober.values[situation][name]))

    def case(self, situation: str) -> Proposal:
        """The case of a situation."""
        return db.session.get_one(Proposal, self.value(situation, "proposal_id"))

    def handoff(self, situation: str) -> Handoff:
        """The hand-off of the case of a situation."""
        return db.session.get_one(Handoff, self.value(situation, "handoff_id"))


# What an act returns is nothing; a question says whether something is kept from the reader.
Question = Callable[[Scene], object]
QUESTIONS: dict[str, Question] = {}


def tells_of(guard: str) -> Callable[[Question], Question]:
    """Register the question that tells when a guard is missing."""

    def register(question: Question) -> Question:
        QUESTIONS[guard] = question
        return question

    return register


def keeps_out(prober: Prober, question: Question) -> bool:
    """Whether the person is kept out; a refusal for another reason came past the guard."""
    with _scene(prober) as scene:
        try:
            return question(scene) is True
        except NotAllowed:
            return True
        except DomainError:
            return False


def is_not_found(read: Callable[[], object]) -> bool:
    """Whether what is read does not exist for the reader."""
    try:
        read()
    except NotFound:
        return True
    return False


@contextmanager
def _scene(prober: Prober) -> Iterator[Scene]:
    kept = prober.connection.begin_nested()
    try:
        with prober.app.test_request_context(), clock.at(NOW):
            yield Scene(prober)
    finally:
        kept.rollback()
