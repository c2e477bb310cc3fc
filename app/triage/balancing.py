"""Giving places to people evenly (割当の平準化). Pure: knows numbers only, no case and no person.

Places are filled one by one. Each goes along the shortest chain of exchanges to the least loaded
person that can be reached: the load is then as even as the allowed pairs let it be (Harvey, Ladner,
Lovász, Tamir: Semi-matchings for bipartite graphs and load balancing, 2006).
"""

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """A place to fill: of one case, which no person fills twice, and who may, in no order."""

    case: Hashable
    allowed: frozenset[int]


def balance(
    places: Sequence[Place], loads: Mapping[int, int], caps: Mapping[int, int], *, seed: int
) -> list[int | None]:
    """Person of each place, None where nobody has room; the same for the same seed.

    `loads` are the cases in hand, `caps` the most a person may have in hand after; who is not in
    `caps` has no limit.
    """
    return _Filling(places, loads, caps, Random(seed)).result()  # noqa: S311 - no secret: a draw of lots


class _Filling:
    def __init__(
        self,
        places: Sequence[Place],
        loads: Mapping[int, int],
        caps: Mapping[int, int],
        random: Random,
    ) -> None:
        self.places = places
        self.loads = dict(loads)
        self.caps = caps
        people = sorted({person for place in places for person in place.allowed})
        random.shuffle(people)
        self.order = {person: number for number, person in enumerate(people)}
        self.persons: list[int | None] = [None] * len(places)
        self.held: dict[int, list[int]] = {person: [] for person in people}
        self.of_case: dict[Hashable, set[int]] = {place.case: set() for place in places}
        turn = list(range(len(places)))
        random.shuffle(turn)
        # Whoever has few to choose from chooses first.
        self.turn = sorted(turn, key=lambda index: len(places[index].allowed))

    def result(self) -> list[int | None]:
        """Fill every place that can be filled."""
        for index in self.turn:
            self._fill(index)
        return self.persons

    def _fill(self, index: int) -> None:
        """Search the chains from one place breadth first; use the one to the least loaded."""
        lowest = min(
            (self.loads.get(row, 0) for row in self.held if self._has_room(row)), default=0
        )
        came_by: dict[int, tuple[int, int | None]] = {}
        queue = deque(self._reach(index, None, came_by))
        while queue:
            person = queue.popleft()
            if self._has_room(person) and self.loads.get(person, 0) == lowest:
                break  # nobody anywhere has less, and nobody nearer has as little
            for held in self.held[person]:
                queue.extend(self._reach(held, person, came_by))
        # Insertion order is by length of the chain: of two as little loaded the nearer is taken.
        open_ends = [person for person in came_by if self._has_room(person)]
        if open_ends:
            self._shift(min(open_ends, key=lambda person: self.loads.get(person, 0)), came_by)

    def _reach(
        self, index: int, giver: int | None, came_by: dict[int, tuple[int, int | None]]
    ) -> list[int]:
        """People a place can go to who were not reached yet; notes from whom it would come."""
        found = [person for person in self._free_for(index) if person not in came_by]
        came_by.update(dict.fromkeys(found, (index, giver)))
        # Whoever has less is looked at first.
        return sorted(found, key=lambda person: self.loads.get(person, 0))

    def _shift(self, end: int, came_by: Mapping[int, tuple[int, int | None]]) -> None:
        self.loads[end] = self.loads.get(end, 0) + 1
        person: int | None = end
        while person is not None:
            index, giver = came_by[person]
            case = self.places[index].case
            if giver is not None:
                self.held[giver].remove(index)
                self.of_case[case].discard(giver)
            self.persons[index] = person
            self.held[person].append(index)
            self.of_case[case].add(person)
            person = giver

    def _free_for(self, index: int) -> list[int]:
        """People who may fill a place and are not in another place of the same case."""
        place = self.places[index]
        free = place.allowed - self.of_case[place.case]
        return sorted(free, key=self.order.__getitem__)

    def _has_room(self, person: int) -> bool:
        return person not in self.caps or self.loads.get(person, 0) < self.caps[person]
