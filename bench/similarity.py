"""Similar cases at many cases (似た提案の速さ): panel of the desk, search of a body, all pairs."""

import gc
import random

from sqlalchemy import select

from app.accounts.models import User
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.similar.desk_panel import desk_panel
from app.similar.index import indexed
from app.similar.near_duplicates import near_duplicates, near_pairs
from app.similar.presentation import similar_cases
from app.similar.services.indexing import count_waiting, look_for_changed_texts
from app.similar.store import store
from bench.scratch import fill, made_up_text, scratch_app
from bench.settings import Settings, milliseconds, say, tell

REPEATED = 40


def run(settings: Settings) -> None:
    """Measure on a database of made-up cases; each call begins with an empty session."""
    with scratch_app(settings):
        fill(settings.cases)
        _index(settings.cases)
        numbers = random.Random(7).sample(range(2, settings.cases + 2), REPEATED)
        plain = _plain(numbers)
        say(f"plain query by receipt number: {plain:.2f} ms")
        store.forget_unused(-settings.cases)
        gc.collect()
        gc.freeze()  # as a web process does (gunicorn.conf.py)
        say(f"first use in a process: {milliseconds(lambda: _panel(numbers[0])):.0f} ms")
        tell("panel of the desk", [milliseconds(lambda n=n: _panel(n)) for n in numbers], plain)
        tell("near-duplicates", [milliseconds(lambda n=n: _near(n)) for n in numbers], plain)
        tell("search of a body", [milliseconds(lambda n=n: _body(n)) for n in numbers], plain)
        say(f"all pairs of a round: {milliseconds(_pairs):.0f} ms")


def _index(cases: int) -> None:
    def work() -> None:
        while count_waiting():
            write = look_for_changed_texts()
            with unit_of_work():
                write()

    taken = milliseconds(work)
    say(f"index of {cases:,} cases: {taken / 1000:.0f} s, {taken / cases:.1f} ms each")
    kept = indexed(Proposal.id.is_not(None)).kept
    size = sum(array.nbytes for array in kept)
    say(f"memory of the index in a process: {size / 2**20:.0f} MB")


def _plain(numbers: list[int]) -> float:
    times = [milliseconds(lambda n=n: _case(n)) for n in numbers]
    return sorted(times)[len(times) // 2]


def _case(number: int) -> Proposal:
    db.session.close()
    statement = select(Proposal).where(Proposal.receipt_number == f"R6-{number:05}")
    return db.session.scalars(statement).one()


def _user(login: str) -> User:
    return db.session.scalars(select(User).where(User.login == login)).one()


def _panel(number: int) -> object:
    case = _case(number)
    return desk_panel(case, _user("officer1"))


def _near(number: int) -> object:
    case = _case(number)
    return near_duplicates(_user("officer1"), case)


def _body(number: int) -> object:
    db.session.close()
    return similar_cases(_user("city"), made_up_text(number)[0])


def _pairs() -> object:
    db.session.close()
    return near_pairs(_user("officer1"), db.session.scalars(select(Round)).one())
