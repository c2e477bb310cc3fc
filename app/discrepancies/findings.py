"""What a careful reader would ask about (食い違い): a sentence, its figures, its two places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """Which check found it (確認の種類)."""

    DEADLINES = "deadlines"
    SAME_FIGURE = "same-figure"
    BUNKEN = "bunken"
    CANDIDATE_PENDING = "candidate-pending"
    CANDIDATE_ORIGIN = "candidate-origin"


class Figure(NamedTuple):
    """A figure with its unit, as it is read (数): 「Bに分類した提案」「9件」."""

    label: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a figure stands (出所): an endpoint with its arguments, which the page links to."""

    label: str
    endpoint: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One discrepancy of a round (食い違い). `key` stays the same while the figures change.

    `hint` is what is on record already and helps to write the explanation.
    """

    kind: Kind
    key: str
    sentence: str
    figures: tuple[Figure, ...]
    places: tuple[Place, ...]
    hint: str = ""
