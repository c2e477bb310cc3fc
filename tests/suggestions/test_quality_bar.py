"""How good the suggestions are on texts whose row is known (候補の品質): the bar, with a margin.

docs/suggestions.md has the figures over all texts; here a part of them, for the time it takes.
"""

import pytest

from bench.suggestions import LabelledCase, demo_cases, known_rows, labelled_cases, quality


@pytest.mark.parametrize(
    ("split", "three", "quiet"), [("tune", 0.80, 0.80), ("held_out", 0.92, 0.80)]
)
def test_the_right_row_is_among_the_first_three(split: str, three: float, quiet: float) -> None:
    found = quality([case for case in labelled_cases() if case.split == split], known_rows())

    assert found.first_three >= three
    assert found.quiet >= quiet


def test_nine_of_ten_demo_proposals_show_their_row() -> None:
    some: list[LabelledCase] = demo_cases()[::7]

    found = quality(some, known_rows())

    assert found.texts >= 18
    assert found.first_three >= 0.9
