"""What one copy of a pattern differs in (写しの違い)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.synth.patterns import Row
from app.synth.people import Body
from app.synth.rounds import MadeUpRound
from app.synth.texts import MARK, Texts


@dataclass(frozen=True, kw_only=True)
class Place:
    """What one copy differs in (写しの違い): ids start at `first_ids`; one item for each case."""

    round: MadeUpRound
    shift: timedelta
    first_ids: Mapping[str, int]
    bodies: Sequence[Body]
    texts: Texts
    sequences: Sequence[int | None]

    def receipt_number(self, position: int) -> str | None:
        """Receipt number of a case (受付番号); None for a draft."""
        sequence = self.sequences[position]
        return None if sequence is None else f"{self.round.key}-{sequence:04}"


Maker = Callable[[Place], Any]


def tokens_of(at: int, case: Row, body: Body) -> Iterator[tuple[str, Maker]]:
    """What names a case in a text (案件を指す語), and what stands there in the copy."""

    def number(place: Place) -> str | None:
        return place.receipt_number(at)

    def title(place: Place) -> str:
        return place.texts[at].title

    def name(place: Place) -> str:
        return place.bodies[at].name

    def drafter(place: Place) -> str:
        return place.bodies[at].drafter.email

    def manager(place: Place) -> str:
        return place.bodies[at].manager.email

    made = (
        (case["receipt_number"], number),
        (case["title"].removeprefix(MARK), title),
        (body.manager.email, manager),
        (body.drafter.email, drafter),
        (body.name, name),
    )
    for old, make in made:
        if old:
            yield old, make
