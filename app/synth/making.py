"""Making many cases at once (案件の合成): what they need, then block by block."""

from collections.abc import Callable

from sqlalchemy import select, text

from app.accounts.official_list import BUNDLED_AS_OF, BUNDLED_LIST, read_list
from app.accounts.services.body_import import carry_out, plan_import
from app.audit.services import seal_waiting_entries
from app.core.errors import DomainError
from app.core.postgresql_waits import unhurried
from app.core.tabular.reading import read_table_file
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.synth import trail
from app.synth.patterns import read_patterns
from app.synth.people import staff_bodies
from app.synth.rounds import BEFORE_OPENING, add_rounds, check_no_rounds
from app.synth.writing import Made, Writer, move_sequences

CACHE_KILOBYTES = 262_144
NO_PATTERNS = "写す案件がありません。先に「demo load」でデモを読み込んでください。"
REAL_CASES = "見本でない案件があるデータベースには作れません。別のデータベースを指定してください。"


class NoPatterns(DomainError):
    """There is nothing to copy (手本がない)."""

    default_message = NO_PATTERNS


class RealCases(DomainError):
    """The database holds cases that are no samples (実際の案件がある)."""

    default_message = REAL_CASES


def make_cases(
    cases: int,
    *,
    seed: int,
    rounds: int,
    say: Callable[[str], None] = lambda _: None,
    with_all_bodies: bool = True,
) -> Made:
    """Write so many made-up cases, spread over so many rounds (案件の合成).

    One transaction for bodies, people and rounds, then one for each block of cases with all that
    hangs on them: what a run that was cut has written is whole, and a second run is refused. The
    same seed on the same day gives the same cases on every database. `say` is told of the
    progress. Raises NoPatterns, RealCases, RoundExists.
    """
    with unhurried():
        with unit_of_work():
            _widen_cache()
            writer = _prepare(seed, rounds, with_all_bodies=with_all_bodies)
        for block in writer.blocks(cases):
            with unit_of_work():
                writer.write(block)
            say(f"{block.round.key}：{block.cases:,}件（合計{writer.made.cases:,}件）")
    return writer.made


def _widen_cache() -> None:
    """Room for the pages of a block (ページの控え), which SQLite would write to its log twice."""
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(text(f"PRAGMA cache_size = -{CACHE_KILOBYTES}"))


def _check_samples_only() -> None:
    if db.session.scalar(select(Proposal.id).where(Proposal.is_sample.is_(False)).limit(1)):
        raise RealCases


def _load_bodies() -> None:
    """The list of all local governments that the product brings along (全国の団体)."""
    read = read_list(read_table_file(BUNDLED_LIST.name, BUNDLED_LIST.read_bytes()))
    plan = plan_import(read, as_of=BUNDLED_AS_OF, is_complete=False)
    carry_out(plan, source="synth")
    db.session.flush()


def _prepare(seed: int, rounds: int, *, with_all_bodies: bool) -> Writer:
    _check_samples_only()
    check_no_rounds(rounds)
    patterns = read_patterns()
    if not patterns:
        raise NoPatterns
    if with_all_bodies:
        _load_bodies()
    added = add_rounds(rounds, patterns)
    seal_waiting_entries(db.session)
    staffed = staff_bodies(added[0].opens_at - BEFORE_OPENING)
    entries = trail.append(staffed.entries)
    move_sequences()
    return Writer(patterns, added, staffed.bodies, seed, entries)
