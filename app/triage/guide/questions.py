"""The decision guide read from one of its stored versions (判断の手引き)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.rounds.default_guide import DEFAULT_GUIDE
from app.rounds.models import GuideVersion

FIRST_KEYS: tuple[str, ...] = tuple(DEFAULT_GUIDE["order"])
SECOND_KEYS: tuple[str, ...] = tuple(
    key for key in DEFAULT_GUIDE["questions"] if key not in FIRST_KEYS
)
# In this order, after A–E; the first answer that names a category decides. 問3 is kept as a reason.
SECOND_STEPS = ("common_system", "adoption", "special", "effect")
# Register lists an answer may be read from; what a list is called is no matter of the wording.
REGISTERS: dict[str, tuple[str, ...]] = {
    "types": ("types",),
    "bunken": ("bunken",),
    "core20": ("core20", "closely_related"),
    "keiyu": ("keiyu_jimu", "keiyu_chosa"),
    "dpi": ("dpi",),
    "common_system": ("common_system",),
}


class Answer(NamedTuple):
    """One answer to choose (答え); `category` is the key it leads to, None goes on."""

    value: str
    label: str
    category: str | None = None


class Question(NamedTuple):
    """A question of the guide (問い); `registers` are the lists its answer may be read from."""

    key: str
    mark: str
    text: str
    answers: tuple[Answer, ...]
    hint: str = ""
    registers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A version of the guide (手引き): A–E in the order that decides, then the questions of F."""

    label: str
    first: tuple[Question, ...]
    second: tuple[Question, ...]
    version_id: int | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order in which they are asked."""
        return self.first + self.second

    @property
    def steps(self) -> tuple[Question, ...]:
        """Questions in the order in which their answers decide (判断の順)."""
        second = {question.key: question for question in self.second}
        return self.first + tuple(second[key] for key in SECOND_STEPS)

    @property
    def category_keys(self) -> frozenset[str]:
        """Keys of the categories the guide can lead to."""
        return frozenset(
            answer.category
            for question in self.steps
            for answer in question.answers
            if answer.category is not None
        )


def guide_from(content: Mapping[str, Any], *, label: str, version_id: int | None = None) -> Guide:
    """Read a guide from its stored content (手引きの読み取り)."""
    questions = content["questions"]
    return Guide(
        label=label,
        version_id=version_id,
        first=tuple(_question(key, questions[key]) for key in content["order"]),
        second=tuple(_question(key, questions[key]) for key in SECOND_KEYS),
    )


def guide_of(version: GuideVersion) -> Guide:
    """Guide of a stored version (手引き)."""
    return guide_from(version.content, label=version.label, version_id=version.id)


def _question(key: str, row: Mapping[str, Any]) -> Question:
    return Question(
        key=key,
        mark=row["mark"],
        text=row["text"],
        answers=tuple(
            Answer(value, label, row["outcomes"][value]) for value, label in row["answers"]
        ),
        hint=row["hint"],
        registers=REGISTERS.get(key, ()),
    )


# The guide a scheme begins with; opinions from before versions were stored were given by it.
FIRST_GUIDE = guide_from(DEFAULT_GUIDE, label="R6-1")
FIRST_QUESTIONS = FIRST_GUIDE.first
SECOND_QUESTIONS = FIRST_GUIDE.second
QUESTIONS = FIRST_GUIDE.questions
GUIDED_KEYS = FIRST_GUIDE.category_keys
GUIDE_VERSION = FIRST_GUIDE.label
