"""Writing made-up cases, block by block (合成の書込み): planned, copied, chained."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import Table, func, insert, select, update

from app.extensions import Base, db
from app.rounds.models import Round
from app.synth import trail
from app.synth.copies import Original
from app.synth.patterns import Pattern, Row, copied_tables
from app.synth.people import Body
from app.synth.places import Place
from app.synth.planning import Planned, plan_round
from app.synth.rounds import MadeUpRound
from app.synth.texts import Mixer

COPIES_AT_ONCE = 500


class Made(NamedTuple):
    """What was written (合成の結果): cases, rows of them and entries of the trail."""

    cases: int
    rows: int
    entries: int


class Block(NamedTuple):
    """Copies of a round that are written together (区切り), and how many cases these are."""

    round: MadeUpRound
    copies: Sequence[Planned]

    @property
    def cases(self) -> int:
        """A copy of cases that were merged is more than one."""
        return sum(len(one.bodies) for one in self.copies)

    @property
    def last_sequence(self) -> int:
        """The highest receipt number (受付番号) in it; 0 where there are drafts alone."""
        given = (sequence for one in self.copies for sequence in one.sequences)
        return max(filter(None, given), default=0)


class Writer:
    """Writes the copies of the patterns, block by block (合成の書き手)."""

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
        self._next_ids: dict[str, int] = {}
        self.made = Made(0, 0, entries)

    def blocks(self, cases: int) -> Iterator[Block]:
        """Plan this many cases, as evenly as can be over the rounds (募集回ごとの計画)."""
        for number, round_ in enumerate(self._rounds):
            share = cases * (number + 1) // len(self._rounds) - self.made.cases
            chance = Random(f"{self._seed}:{round_.key}")  # noqa: S311 - repeatable, no secret
            for copies in plan_round(round_, self._originals, self._bodies, share, chance):
                yield Block(round_, copies)

    def write(self, block: Block) -> None:
        """Write a block in the running transaction, with its part of the trail (区切りの書込み)."""
        self._next_ids = {table.name: _next_id(table) for table in self._tables}
        places = []
        rows = 0
        for first in range(0, len(block.copies), COPIES_AT_ONCE):
            few = block.copies[first : first + COPIES_AT_ONCE]
            copied = [self._placed(block.round, one) for one in few]
            rows += self._write_rows(copied)
            places += copied
        _note_last_sequence(block)
        entries = trail.append(_in_time(places))
        move_sequences()
        made = self.made
        self.made = Made(made.cases + block.cases, made.rows + rows, made.entries + entries)

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


def _note_last_sequence(block: Block) -> None:
    """What the round counts on from (受付番号の最後); a block of drafts alone has none."""
    table = Base.metadata.tables[Round.__tablename__]
    if last := block.last_sequence:
        of_round = update(table).where(table.c.id == block.round.id)
        db.session.execute(of_round.values(last_receipt_sequence=last))


def _next_id(table: Table) -> int:
    if "id" not in table.columns:
        return 0
    last: int | None = db.session.scalar(select(func.max(table.c.id)))
    return (last or 0) + 1


def move_sequences() -> None:
    """Let PostgreSQL count on from the ids that were given here (採番)."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for table in [*copied_tables(), Base.metadata.tables["user_account"]]:
        if "id" in table.columns:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            last = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
            db.session.execute(select(func.setval(sequence, last)))
