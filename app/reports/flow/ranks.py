"""Percentiles by the nearest rank (最近順位法): a value that occurred, never one in between."""

from collections.abc import Sequence
from math import ceil

MEDIAN = 50
HIGH = 85


def percentile(values: Sequence[int], percent: int) -> int | None:
    """The smallest value that at least `percent` % of the values do not exceed (百分位数).

    None of no values. The median of an even number of values is the lower of the two middle ones.
    """
    if not values:
        return None
    rank = ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]
