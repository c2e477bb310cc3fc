"""Pictures of the flow (図): words at the ends of the lines do not stand on one another."""

import pytest

from app.reports.flow.drawing import LABEL_GAP, TOP, spread

EDGE = float(TOP - 2)


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([100.0, 200.0], [100.0, 200.0]),
        ([200.0, 100.0], [200.0, 100.0]),
        ([100.0, 104.0], [104.0 - LABEL_GAP, 104.0]),
        ([100.0, 100.0], [100.0 - LABEL_GAP, 100.0]),
        ([EDGE, EDGE + 3], [EDGE, EDGE + LABEL_GAP]),
        ([EDGE + 3, EDGE, EDGE], [EDGE + 2 * LABEL_GAP, EDGE, EDGE + LABEL_GAP]),
    ],
)
def test_words_keep_their_distance(wanted: list[float], placed: list[float]) -> None:
    assert spread(wanted) == placed
