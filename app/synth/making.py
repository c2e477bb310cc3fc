"""Making many cases at once (案件の合成): planned, copied and written round by round."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import Table, func, insert, select, update

from app.accounts.official_list import BUNDLED_AS_OF, BUNDLED_LIST, read_list
from app.accounts.services.body_import import carry_out, plan_import
from app.audit.services import seal_waiting_entries
from app.core.errors import DomainError
from app.core.tabular.reading import read_table_file
from app.core.unit_of_work import unit_of_work
from app.extensions import Base, db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.synth import trail
from app.synth.copies import Original
from app.synth.patterns import Pattern, Row, copied_tables, read_patterns
from app.synth.people import Body, staff_bodies
from app.synth.places import Place
from app.synth.planning import Planned, plan_round
from app.synth.rounds import BEFORE_OPENING, MadeUpRound, add_rounds, check_no_rounds
from app.synth.texts import Mixer

CASES_AT_ONCE = 500
NO_PATTERNS = "写す案件がありません。先に「demo load」でデモを読み込んでください。"
REAL_CASES = "見本でない案件があるデータベースには作れません。別のデータベースを指定してください。"


class NoPatterns(DomainError):
    """There is nothing to copy (手本がない)."""

    default_message = NO_PATTERNS


class RealCases(DomainError):
    """The database holds cases that are no samples (実際の案件がある)."""

    default_message = REAL_CASES


class Made(NamedTuple):
    """What was written (合成の結果): cases, rows of them and entries of the trail."""

    cases: int
    rows: int
    entries: int


def make_cases(
    cases: int,
    *,
    seed: int,
    rounds: int,
    say: Callable[[str], None] = lambda _: None,
    with_all_bodies: bool = True,
) -> Made:
    """Write so many made-up cases, spread over so many rounds (案件の合成); all or nothing.

    The same seed on the same day gives the same cases on every database. `say` is told of the
    progress. Raises NoPatterns, RealCases, RoundExists.
    """
    with unit_of_work():
        _check_samples_only()
        check_no_rounds(rounds)
        patterns = read_patterns()
        if not patterns:
            raise NoPatterns
        if with_all_bodies:
            _load_bodies()
        maker = _prepare(patterns, seed, rounds)
        written = maker.write(cases, say)
        _move_sequences()
    return written


def _check_samples_only() -> None:
    if db.session.scalar(select(Proposal.id).where(Proposal.is_sample.is_(False)).limit(1)):
        raise RealCases


def _load_bodies() -> None:
    """The list of all local governments that the product brings along (全国の団体)."""
    read = read_list(read_table_file(BUNDLED_LIST.name, BUNDLED_LIST.read_bytes()))
    plan = plan_import(read, as_of=BUNDLED_AS_OF, is_complete=False)
    carry_out(plan, source="synth")
    db.session.flush()


def _prepare(patterns: Sequence[Pattern], seed: int, rounds: int) -> "_Maker":
    added = add_rounds(rounds, patterns)
    seal_waiting_entries(db.session)
    staffed = staff_bodies(added[0].opens_at - BEFORE_OPENING)
    entries = trail.append(staffed.entries)
    return _Maker(patterns, added, staffed.bodies, seed, entries)


class _Maker:
    """Writes the copies of the patterns, round by round."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        rounds: Sequence[MadeUpRound],
        bodies: Sequence[Body],
        seed: int,
        entries: int,
    ) -> None:
        by_id = {body.id: body for body in bodies}
        self._originals = [
            Original(pattern, [by_id[case["organization_id"]] for case in pattern.cases])
            for pattern in patterns
        ]
        self._rounds, self._bodies, self._seed = rounds, bodies, seed
        self._mixer = Mixer(patterns, seed)
        self._tables = copied_tables()
        self._next_ids = {table.name: _next_id(table) for table in self._tables}
        self._made = Made(0, 0, entries)

    def write(self, cases: int, say: Callable[[str], None]) -> Made:
        """Write this many cases, as evenly as can be over the rounds (募集回ごとの書込み)."""
        for number, round_ in enumerate(self._rounds):
            share = cases * (number + 1) // len(self._rounds) - self._made.cases
            self._write_round(round_, share)
            say(f"{round_.key}：{share:,}件（合計{self._made.cases:,}件）")
        return self._made

    def _write_round(self, round_: MadeUpRound, cases: int) -> None:
        chance = Random(f"{self._seed}:{round_.key}")  # noqa: S311 - repeatable, no secret
        planned = plan_round(round_, self._originals, self._bodies, cases, chance)
        last = max(
            (max(map(int, filter(None, one.sequences))) for one in planned if any(one.sequences)),
            default=0,
        )
        places = []
        rows = 0
        for first in range(0, len(planned), CASES_AT_ONCE):
            copied = [self._placed(round_, one) for one in planned[first : first + CASES_AT_ONCE]]
            rows += self._write_rows(copied)
            places += copied
        db.session.execute(
            update(Base.metadata.tables["round"])
            .where(Round.id == round_.id)
            .values(last_receipt_sequence=last)
        )
        entries = trail.append(_in_time(places))
        self._made = Made(
            self._made.cases + sum(len(one.bodies) for one in planned),
            self._made.rows + rows,
            self._made.entries + entries,
        )

    def _placed(self, round_: MadeUpRound, one: Planned) -> tuple[Original, Place]:
        first_ids = {name: self._next_ids[name] for name in one.original.sizes}
        for name, size in one.original.sizes.items():
            self._next_ids[name] += size
        place = Place(
            round=round_,
            shift=timedelta(weeks=one.weeks),
            first_ids=first_ids,
            bodies=one.bodies,
            texts=self._mixer.texts(one.text_keys),
            sequences=one.sequences,
        )
        return one.original, place

    def _write_rows(self, copied: Sequence[tuple[Original, Place]]) -> int:
        rows: dict[str, list[Row]] = defaultdict(list)
        for original, place in copied:
            for name, of_copy in original.rows(place):
                rows[name] += of_copy
        for table in self._tables:
            if rows[table.name]:
                db.session.execute(insert(table), rows[table.name])
        return sum(map(len, rows.values()))


def _in_time(copied: Sequence[tuple[Original, Place]]) -> Iterator[Row]:
    """The entries of all copies in the order of time, as the trail would have them (時刻順)."""
    order = sorted(
        (time + place.shift, number, entry)
        for number, (original, place) in enumerate(copied)
        for entry, time in enumerate(original.times)
    )
    for _, number, entry in order:
        original, place = copied[number]
        yield original.entry(entry, place)


def _next_id(table: Table) -> int:
    if "id" not in table.columns:
        return 0
    last: int | None = db.session.scalar(select(func.max(table.c.id)))
    return (last or 0) + 1


def _move_sequences() -> None:
    """Let PostgreSQL count on from the ids that were given here (採番)."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for table in [*copied_tables(), Base.metadata.tables["user_account"]]:
        if "id" in table.columns:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            last = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
            db.session.execute(select(func.setval(sequence, last)))
