"""Evening out (割当の平準化): the property the lead relies on, over any numbers."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.triage.balancing import Place, balance

PEOPLE = st.integers(min_value=1, max_value=6)
SEEDS = st.integers(min_value=0, max_value=2**31 - 1)


def places_of(cases: int, per_case: int, people: int) -> list[Place]:
    everybody = frozenset(range(people))
    return [Place(case, everybody) for case in range(cases) for _ in range(per_case)]


@given(cases=st.integers(0, 40), per_case=st.integers(1, 3), people=PEOPLE, seed=SEEDS)
def test_without_limits_nobody_has_two_more_than_another(
    cases: int, per_case: int, people: int, seed: int
) -> None:
    places = places_of(cases, per_case, people)

    found = balance(places, {}, {}, seed=seed)

    loads = Counter(person for person in found if person is not None)
    spread = [loads[person] for person in range(people)]
    assert max(spread) - min(spread) <= 1
    assert sum(spread) == cases * min(per_case, people)


@st.composite
def limited(draw: st.DrawFn) -> tuple[list[Place], dict[int, int], dict[int, int]]:
    people = draw(PEOPLE)
    some = st.frozensets(st.integers(0, people - 1))
    places = [
        Place(case, draw(some))
        for case in range(draw(st.integers(0, 12)))
        for _ in range(draw(st.integers(1, 2)))
    ]
    loads = {person: draw(st.integers(0, 4)) for person in range(people)}
    caps = draw(st.dictionaries(st.integers(0, people - 1), st.integers(0, 6)))
    return places, loads, caps


@given(world=limited(), seed=SEEDS)
def test_caps_and_allowed_people_are_kept_and_no_case_has_one_person_twice(
    world: tuple[list[Place], dict[int, int], dict[int, int]], seed: int
) -> None:
    places, loads, caps = world

    found = balance(places, loads, caps, seed=seed)

    taken = Counter(person for person in found if person is not None)
    assert all(
        person is None or person in place.allowed
        for place, person in zip(places, found, strict=True)
    )
    assert all(loads[person] + taken[person] <= caps[person] for person in taken if person in caps)
    pairs = [
        (place.case, person)
        for place, person in zip(places, found, strict=True)
        if person is not None
    ]
    assert len(pairs) == len(set(pairs))
    assert balance(places, loads, caps, seed=seed) == found


def test_place_is_found_by_moving_others_along() -> None:
    # Whoever is seen first would take person 1 for a case that person 0 can do as well.
    places = [Place("a", frozenset({0, 1})), Place("b", frozenset({1})), Place("c", frozenset({0}))]

    found = balance(places, {}, {0: 2, 1: 1}, seed=1)

    assert found == [0, 1, 0]


def test_less_loaded_people_are_filled_up_first() -> None:
    places = places_of(cases=3, per_case=1, people=2)

    found = balance(places, {0: 5, 1: 2}, {}, seed=3)

    assert found == [1, 1, 1]


def test_another_seed_is_another_draw_of_lots() -> None:
    places = places_of(cases=8, per_case=1, people=4)

    draws = {tuple(balance(places, {}, {}, seed=seed)) for seed in range(5)}

    assert len(draws) > 1
