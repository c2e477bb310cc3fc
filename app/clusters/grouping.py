"""Which systems form one cluster (まとまりの作成): pure, the same texts give the same groups."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.clusters.likeness import Matrix, SharedFunction, likeness, shared_functions
from app.clusters.reading import Reading

ALIKE = 0.0
LEAST_DUTY = 0.9  # weight of a duty that a package names as one of its own
LEAST_PACKAGE_DUTIES = 2
LINKS_KEPT = 8


class Link(NamedTuple):
    """A function a member shares with another one (つながり): place of the other, words of both."""

    other: int
    shared: SharedFunction


class Member(NamedTuple):
    """A system in a group (構成): its place in the list, what links it, whether as a package."""

    place: int
    links: list[Link]
    is_package: bool


def group_systems(
    readings: Sequence[Reading], vectors: Matrix, *, knows_duties: bool = True
) -> list[list[Member]]:
    """Groups of two or more systems that do the same, the first system first.

    A package (パッケージ) that contains such a system joins its group, several if it contains
    several. Everything stays alone that has no function in common to be quoted.
    """
    score = likeness(readings, vectors, knows_duties=knows_duties)
    packages = [place for place, reading in enumerate(readings) if _is_package(reading)]
    alone = [place for place in range(len(readings)) if place not in set(packages)]
    groups = [[alone[row] for row in rows] for rows in agglomerate(score[np.ix_(alone, alone)])]
    for place in packages:
        _place_package(place, groups, readings, score)
    formed = [_members(group, readings, set(packages)) for group in groups if len(group) > 1]
    return sorted(group for group in formed if len(group) > 1)


def _is_package(reading: Reading) -> bool:
    own = [weight for weight in reading.duties.values() if weight >= LEAST_DUTY]
    return reading.is_package and len(own) >= LEAST_PACKAGE_DUTIES


def agglomerate(score: Matrix) -> list[list[int]]:
    """Join the two groups that are most alike on average, again and again, while any are alike.

    Average linkage; of equals the first places win. The work grows with the square of the number.
    """
    left = score.astype(np.float64)
    groups: dict[int, list[int]] = {row: [row] for row in range(len(left))}
    best = left.argmax(axis=1) if len(left) else np.zeros(0, dtype=np.int64)
    while len(groups) > 1:
        first = int(np.argmax(left[np.arange(len(left)), best]))
        second = int(best[first])
        if left[first, second] < ALIKE:
            break
        first, second = min(first, second), max(first, second)
        ours, theirs = len(groups[first]), len(groups[second])
        joined = (left[first] * ours + left[second] * theirs) / (ours + theirs)
        joined[[first, second]] = -np.inf
        left[first], left[:, first] = joined, joined
        left[second], left[:, second] = -np.inf, -np.inf
        groups[first] += groups.pop(second)
        _refresh(best, left, first, second)
    return [sorted(group) for group in groups.values()]


def _refresh(best: NDArray[np.int64], left: NDArray[np.float64], first: int, second: int) -> None:
    """Look anew for the nearest of those whose nearest one has changed."""
    nearest = left[np.arange(len(left)), best]
    changed = (best == first) | (best == second) | (left[:, first] >= nearest)
    changed[[first, second]] = True
    best[changed] = left[changed].argmax(axis=1)


def _place_package(
    place: int, groups: list[list[int]], readings: Sequence[Reading], score: Matrix
) -> None:
    """Put a package into each group whose duty is one of its own, or else where it is alike."""
    package = readings[place]
    fitting = [
        group
        for group in groups
        if any(_contains(package, readings[other]) for other in group if other != place)
    ]
    if not fitting:
        means = [float(np.mean(score[place, group])) for group in groups]
        best = max(range(len(groups)), key=means.__getitem__, default=None)
        fitting = [groups[best]] if best is not None and means[best] >= ALIKE else []
    for group in fitting:
        group.append(place)
    if not fitting:
        groups.append([place])


def _contains(package: Reading, other: Reading) -> bool:
    """Whether a package does, for the same duty, what the other system does."""
    duty = other.main_duty
    if not duty or package.duties.get(duty, 0.0) < LEAST_DUTY:
        return False
    return any(
        function.duty == duty and function.kind in other.kinds for function in package.functions
    )


def _members(group: list[int], readings: Sequence[Reading], packages: set[int]) -> list[Member]:
    """Members with what links them; who shares nothing that can be quoted is left out."""
    formed = []
    for place in sorted(group):
        links = [
            Link(other, shared)
            for other in sorted(group)
            if other != place
            for shared in shared_functions(readings[place], readings[other])[:2]
        ]
        if links:
            formed.append(Member(place, links[:LINKS_KEPT], place in packages))
    return formed


def partition_of(groups: Sequence[Sequence[Member]], count: int) -> list[int]:
    """Number of the group of each system (分割): a package counts for its first group."""
    numbers = list(range(count, 2 * count))
    for number, group in reversed(list(enumerate(groups))):
        for member in group:
            numbers[member.place] = number
    return numbers
