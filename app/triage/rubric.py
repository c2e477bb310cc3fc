"""The rubric of a round (評価の基準), and what ratings come to. It never decides a category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.rounds.default_rubric import DEFAULT_RUBRIC
from app.rounds.models import RubricVersion

# Scores are told on a scale from 1 to 5, also where a criterion has fewer levels.
TOP = 5
HEAVIEST = 10
LONGEST_LABEL = 40  # characters
LONGEST_ANCHOR = 200  # characters
CRITERION_KEYS: tuple[str, ...] = tuple(row["key"] for row in DEFAULT_RUBRIC["criteria"])

# Level of each criterion by its key; None is 判断しない.
Levels = Mapping[str, int | None]


class Criterion(NamedTuple):
    """One criterion (評価の項目); `anchors` says in words what each level means, from 1."""

    key: str
    label: str
    weight: int
    anchors: tuple[str, ...]

    def value(self, level: int) -> float:
        """The level on the scale from 1 to 5."""
        steps = len(self.anchors) - 1
        return 1 + (level - 1) * (TOP - 1) / steps if steps else float(level)


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """A version of the rubric (評価の基準)."""

    number: int
    criteria: tuple[Criterion, ...]
    version_id: int | None = None


class RatingLine(NamedTuple):
    """How one criterion was rated, in words (評価の行)."""

    label: str
    level: int | None
    anchor: str


class Spread(NamedTuple):
    """What several ratings of one thing come to (評価の集計).

    `rated` of `asked` gave a level; `mean` is None for nobody, `difference` for fewer than two.
    """

    label: str
    rated: int
    asked: int
    mean: float | None
    difference: float | None


def rubric_of(version: RubricVersion) -> Rubric:
    """Rubric of a stored version (評価の基準)."""
    return Rubric(
        number=version.number,
        version_id=version.id,
        criteria=tuple(
            Criterion(row["key"], row["label"], row["weight"], tuple(row["anchors"]))
            for row in version.content["criteria"]
        ),
    )


def score(levels: Levels, rubric: Rubric) -> float | None:
    """Weighted mean of the criteria that were judged, 1 to 5 (評点).

    判断しない is no zero: it is left out. None when nothing was judged.
    """
    judged = [(row, level) for row in rubric.criteria if (level := levels.get(row.key)) is not None]
    weights = sum(row.weight for row, _level in judged)
    if not weights:
        return None
    return sum(row.weight * row.value(level) for row, level in judged) / weights


def rating_lines(levels: Levels, rubric: Rubric) -> list[RatingLine]:
    """Levels in words, in the order of the rubric; nothing for an opinion without a rating."""
    return [
        RatingLine(row.label, level, row.anchors[level - 1] if level else "")
        for row in rubric.criteria
        if row.key in levels
        for level in [levels[row.key]]
    ]


def spreads(ratings: Sequence[Levels], rubric: Rubric, *, asked: int) -> list[Spread]:
    """What the ratings of a case come to, criterion by criterion, the score last (評価の集計).

    `asked` is how many opinions the case is to have.
    """
    lines = []
    for row in rubric.criteria:
        given = [rating.get(row.key) for rating in ratings]
        lines.append(_spread(row.label, [row.value(v) for v in given if v is not None], asked))
    scores = [score(rating, rubric) for rating in ratings]
    return [*lines, _spread("評点", [value for value in scores if value is not None], asked)]


def level_errors(levels: Levels, rubric: Rubric) -> list[str]:
    """Why these levels cannot be taken, in words (評価の誤り); nothing rated is no error."""
    if not levels:
        return []
    missing = [row.label for row in rubric.criteria if row.key not in levels]
    if missing:
        return [
            f"評価は全部の項目に付けてください（まだ：{'、'.join(missing)}）。分からない項目は「判断しない」を選べます"
        ]
    known = {row.key: row for row in rubric.criteria}
    for key, level in levels.items():
        if key not in known or (level is not None and not 1 <= level <= len(known[key].anchors)):
            return ["評価の段階を一覧から選んでください"]
    return []


def content_errors(criteria: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Why a rubric cannot be stored, by the names of the fields (評価の基準の誤り)."""
    if tuple(row["key"] for row in criteria) != CRITERION_KEYS:
        return {"number": ["評価の項目が欠けています。画面を開き直してください"]}
    errors: dict[str, list[str]] = {}
    for row in criteria:
        key, anchors = row["key"], row["anchors"]
        if not 1 <= len(row["label"]) <= LONGEST_LABEL:
            errors[f"label_{key}"] = [f"項目の名前を{LONGEST_LABEL}文字以内で入力してください"]
        if not 1 <= row["weight"] <= HEAVIEST:
            errors[f"weight_{key}"] = [f"重みは1から{HEAVIEST}までの整数にしてください"]
        if not 2 <= len(anchors) <= TOP or any(len(row) > LONGEST_ANCHOR for row in anchors):
            errors[f"anchors_{key}"] = [
                f"1行に1段階、2から{TOP}段階まで、それぞれ{LONGEST_ANCHOR}文字以内で書いてください"
            ]
    return errors


def _spread(label: str, values: Sequence[float], asked: int) -> Spread:
    if not values:
        return Spread(label, 0, asked, None, None)
    mean = sum(values) / len(values)
    difference = max(values) - min(values) if len(values) > 1 else None
    return Spread(label, len(values), asked, mean, difference)
