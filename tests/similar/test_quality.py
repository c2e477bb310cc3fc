"""The search for similar cases on the labelled set (似た提案の品質): the bar it must not miss.

The figures themselves are in docs/similarity.md, printed by `python -m bench quality`.
"""

import pytest

from bench.quality import Measured, Quality


@pytest.fixture(scope="module")
def measured() -> Measured:
    return Measured(beside=40)  # of the demo: all of them take too long for every run


def test_both_measures_find_the_other_wording(measured: Measured) -> None:
    tuned, held_out = (measured.quality(measured.both, split) for split in ("tune", "held_out"))

    assert (tuned.mrr >= 0.75, tuned.recall >= 0.8) == (True, True)
    assert (held_out.mrr >= 0.85, held_out.recall >= 0.95) == (True, True)


def test_meaning_finds_what_letters_do_not(measured: Measured) -> None:
    letters: Quality = measured.quality(measured.letters, "held_out")
    both = measured.quality(measured.both, "held_out")

    assert both.mrr - letters.mrr > 0.2


@pytest.mark.parametrize("split", ["tune", "held_out"])
def test_near_duplicates_are_told_from_the_rest(measured: Measured, split: str) -> None:
    found = measured.near_quality(split)

    assert (found.precision >= 0.9, found.recall >= 0.9) == (True, True)
