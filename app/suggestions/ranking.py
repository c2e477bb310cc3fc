"""Which register rows a proposal speaks of (候補の順位), best first, with the words for each.

The figures come from a logistic regression on the first half of tests/suggestions/labelled.jsonl,
rounded; docs/suggestions.md tells what they were tried on. A score is the chance that the row is
the right one. Nothing but the text and the rows enters: the same text and the same rows always
give the same answer.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from app.registers.models import Register
from app.similar.encoder import Vectors
from app.suggestions.matching import Match, matcher_of
from app.suggestions.meaning import nearness
from app.suggestions.models import Rule
from app.suggestions.row_names import RowNames
from app.suggestions.texts import CaseText, Sentence, Span

TITLE = "title"
HEAD = (TITLE, "requested_measure")
BODY = "body"
CONTROL_FIELD = "bunken_control_number"

OFFSET = -9.1
WORDS_IN = {TITLE: 1.5, "requested_measure": 5.0, BODY: 4.0}
MEANING = 8.0
# Very near in meaning tells more than its share, and so does standing out from all other rows.
VERY_NEAR = 32.0
VERY_NEAR_FROM = 0.55
STANDS_OUT = 12.0
# A name written out in the text; the 20業務 are named in passing everywhere.
NAMED = 2.0
SHORTEST_NAME = 5  # letters
SURVEY = 3.0
CONTROL_NUMBER = 10.0

LEAST_SCORE = 0.35
LEAST_LIKENESS = 0.3  # of a sentence that stands for a row by its meaning alone
NEXT_ROWS = 5  # that the nearest one is compared with
MOST_SUGGESTED = 8
TELLING_SHARE = 0.35  # shared words that are told of
BODY_PREFERRED = 0.6  # the text is quoted rather than the title if it tells so much of it

_SURVEY_WORDS = re.compile("調査|調べ")


@dataclass(frozen=True)
class Found:
    """A row, the words of the proposal that speak for it, the rule and the score (候補)."""

    row: RowNames
    span: Span
    rule: Rule
    terms: tuple[str, ...]
    name: str
    score: float


def rank(case: CaseText, rows: Sequence[RowNames]) -> list[Found]:
    """Rows a proposal speaks of, best first; none where no words of it speak for one."""
    sentences = case.sentences
    named = tuple(row for row in rows if row.names)
    if not sentences or not named:
        return []
    matches: dict[int, list[Match]] = defaultdict(list)
    matcher = matcher_of(named)
    for sentence in sentences:
        for index, match in matcher.matches(sentence):
            matches[index].append(match)
    near = _near_rows(sentences, named)
    meanings = _meanings(sentences, near)
    found = [
        _judge(case, row, matches[index], near[:, index], float(meanings[index]))
        for index, row in enumerate(named)
    ]
    kept = [item for item in found if item is not None and item.score >= LEAST_SCORE]
    kept.sort(key=lambda item: (-item.score, item.row.register, item.row.number))
    return kept[:MOST_SUGGESTED]


def _near_rows(sentences: Sequence[Sentence], rows: Sequence[RowNames]) -> Vectors:
    """Likeness of every sentence to every row: that to the nearest of its names."""
    names = [name.text for row in rows for name in row.names]
    likeness = nearness([sentence.text for sentence in sentences], names)
    starts = np.cumsum([0, *(len(row.names) for row in rows)])[:-1]
    nearest: Vectors = np.maximum.reduceat(likeness, starts, axis=1)
    return nearest


def _meanings(sentences: Sequence[Sentence], near: Vectors) -> Vectors:
    """What the meaning tells for every row: its nearness in the two parts where it is nearest."""
    parts = defaultdict(list)
    for index, sentence in enumerate(sentences):
        parts[_part_of(sentence.field)].append(index)
    best = np.sort([near[indexes].max(axis=0) for indexes in parts.values()], axis=0)
    likeness = best[-2:].mean(axis=0)
    told: Vectors = MEANING * likeness + VERY_NEAR * np.maximum(0, likeness - VERY_NEAR_FROM)
    first, *others = np.argsort(-likeness, kind="stable")[: NEXT_ROWS + 1]
    if others:
        told[first] += STANDS_OUT * (likeness[first] - likeness[others].mean())
    return told


def _part_of(field: str) -> str:
    return field if field in HEAD else BODY


def _judge(
    case: CaseText, row: RowNames, matches: Sequence[Match], near: Vectors, meaning: float
) -> Found | None:
    numbered, survey = _control_number(case, row), _survey_sentence(case, row)
    shares: dict[str, float] = defaultdict(float)
    for match in matches:
        part = _part_of(match.sentence.field)
        shares[part] = max(shares[part], match.share)
    total = (
        OFFSET
        + sum(weight * shares[part] for part, weight in WORDS_IN.items())
        + meaning
        + NAMED * _is_named(row, matches)
        + SURVEY * (survey is not None)
        + CONTROL_NUMBER * (numbered is not None)
    )
    score = round(1 / (1 + exp(-total)), 4)
    if score < LEAST_SCORE:
        return None
    if numbered is not None:
        return Found(row, numbered, Rule.CONTROL_NUMBER, (numbered.text,), "", score)
    telling = _telling(matches)
    if telling is not None:
        return _by_words(row, telling, score)
    return _by_survey(row, survey, score) if survey else _by_meaning(case, row, near, score)


def _is_named(row: RowNames, matches: Sequence[Match]) -> bool:
    return row.register is not Register.CORE20 and any(
        match.is_whole
        and not match.name.is_example
        and match.sentence.field not in HEAD
        and len(match.name.folded.key) >= SHORTEST_NAME
        for match in matches
    )


def _by_survey(row: RowNames, survey: Sentence, score: float) -> Found:
    words = [match.span() for match in _SURVEY_WORDS.finditer(survey.text)]
    terms = tuple(dict.fromkeys(survey.text[start:end] for start, end in words))
    return Found(row, survey.around(words), Rule.SURVEY, terms, row.title, score)


def _control_number(case: CaseText, row: RowNames) -> Span | None:
    """The 管理番号 the body gave, where it is one of the row's."""
    if case.given_numbers.isdisjoint(row.control_numbers):
        return None
    return Span(CONTROL_FIELD, 0, len(case.control_number), case.control_number)


def _survey_sentence(case: CaseText, row: RowNames) -> Sentence | None:
    """Where the proposal asks about a survey of the ministry it is addressed to (経由調査)."""
    is_theirs = case.ministry_name and case.ministry_name == row.ministry_name
    if row.register is not Register.KEIYU_CHOSA or not is_theirs:
        return None
    said = [s for s in case.sentences if _SURVEY_WORDS.search(s.text)]
    if not any(sentence.field in HEAD for sentence in said):
        return None
    return max(said, key=lambda sentence: sentence.field != TITLE)


def _telling(matches: Sequence[Match]) -> Match | None:
    """The match to quote: the fullest, of the text rather than of the title."""
    telling = [match for match in matches if match.share >= TELLING_SHARE]
    if not telling:
        return None
    best = max(telling, key=_fullness)
    body = [match for match in telling if match.sentence.field != TITLE]
    best_body = max(body, key=_fullness, default=best)
    return best_body if best_body.share >= BODY_PREFERRED * best.share else best


def _fullness(match: Match) -> tuple[bool, float, int]:
    return match.is_whole, match.share, len(match.name.folded.key)


def _by_words(row: RowNames, match: Match, score: float) -> Found:
    rule = Rule.EXAMPLE if match.name.is_example else Rule.NAME if match.is_whole else Rule.WORDS
    span = match.sentence.around(match.places())
    terms = tuple(dict.fromkeys(match.terms()))
    return Found(row, span, rule, terms, match.name.text, score)


def _by_meaning(case: CaseText, row: RowNames, near: Vectors, score: float) -> Found | None:
    ranked = sorted(zip(case.sentences, near.tolist(), strict=True), key=lambda pair: -pair[1])
    body = [pair for pair in ranked if pair[0].field != TITLE]
    sentence, value = (body or ranked)[0]
    if value < LEAST_LIKENESS:
        return None
    return Found(row, sentence.around([]), Rule.MEANING, (), row.title, score)
