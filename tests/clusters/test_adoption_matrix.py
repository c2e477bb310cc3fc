"""The adoption matrix (導入状況の表) and the class it may speak for."""

import pytest

from app.clusters.adoption_matrix import AdoptionLine, adoption_counts, hint_of
from app.clusters.models import Adoption

YES, NO, NONE = Adoption.ADOPTED, Adoption.NOT_ADOPTED, Adoption.NO_DUTY


def lines(*adoptions: Adoption) -> list[AdoptionLine]:
    return [
        AdoptionLine(f"{number}市", f"R6-{number:04}", adoption, "文")
        for number, adoption in enumerate(adoptions, start=1)
    ]


@pytest.mark.parametrize(
    ("adoptions", "code"),
    [
        ((YES, YES, NO), "F-2"),
        ((YES, NO, NO), "F-3"),
        ((NO, NO, NONE), "F-4"),
        ((YES, NONE, Adoption.UNKNOWN), None),
        ((), None),
    ],
)
def test_hint_follows_the_share_of_bodies_that_have_it(
    adoptions: tuple[Adoption, ...], code: str | None
) -> None:
    hint = hint_of(adoption_counts(lines(*adoptions)))

    assert (hint.code if hint else None) == code


def test_body_with_two_cases_counts_once() -> None:
    twice = [line._replace(body="甲市") for line in lines(YES, YES, NO)]

    assert adoption_counts(twice) == {YES: 1, NO: 0, NONE: 0, Adoption.UNKNOWN: 0}
