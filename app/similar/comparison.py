"""Two cases side by side (並べて比べる): texts with the words both have, facts, decisions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.accounts.models import User
from app.core.text import search_key
from app.proposals.content import content_of, ministry_name, shown_fields, viewpoint_marks, words_in
from app.proposals.models import Proposal
from app.proposals.presentation import StateBadge, state_badge
from app.rounds.models import FieldKind
from app.similar.desk_panel import settled_outcome
from app.similar.near_duplicates import is_same_law
from app.similar.presentation import Outcome
from app.similar.words import shared_words

WORDS_MARKED = 40
TEXTS = ("title", "detail", "requested_measure", "hardship_case", "effect")


class Piece(NamedTuple):
    """A piece of a text; `is_shared` where the other case has the same word."""

    text: str
    is_shared: bool


class TextRow(NamedTuple):
    """One field of both cases (項目); an empty list where a case says nothing."""

    label: str
    first: list[Piece]
    second: list[Piece]


class FactRow(NamedTuple):
    """A short statement on both cases, and how they agree (項目の異同)."""

    label: str
    first: str
    second: str
    agreement: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two cases side by side (並べて比べる)."""

    words: list[str]
    facts: list[FactRow]
    texts: list[TextRow]
    badges: tuple[StateBadge, StateBadge]
    outcomes: tuple[Outcome | None, Outcome | None]


def comparison(first: Proposal, second: Proposal, reader: User) -> Comparison:
    """Put two cases side by side for the secretariat; the reader may know of both."""
    words = _words(first, second)
    return Comparison(
        words=words,
        facts=_fact_rows(first, second),
        texts=_texts(first, second, words),
        badges=(state_badge(first, reader), state_badge(second, reader)),
        outcomes=(settled_outcome(first), settled_outcome(second)),
    )


LAW = "根拠法令"
FACTS = ("団体", "募集回", "府省庁", LAW, "視点")


def _fact_rows(first: Proposal, second: Proposal) -> list[FactRow]:
    rows = zip(FACTS, _facts(first), _facts(second), strict=True)
    is_one_law = is_same_law(first, second)
    return [
        FactRow(label, one, other, _agreement(one, other, is_one_law and label == LAW))
        for label, one, other in rows
    ]


def _agreement(one: str, other: str, is_one_law: bool) -> str:
    """Words for how two statements agree; nothing where neither says anything."""
    if not one and not other:
        return ""
    if one == other:
        return "同じ"
    return "法律は同じ" if is_one_law else "違う"


def _facts(proposal: Proposal) -> tuple[str, str, str, str, str]:
    return (
        proposal.organization.name,
        proposal.round.label,
        ministry_name(proposal.ministry) if proposal.ministry else "",
        proposal.legal_basis,
        "　".join(viewpoint_marks(proposal)),
    )


def _words(first: Proposal, second: Proposal) -> list[str]:
    key = search_key("\n".join(_all_texts(second)))
    return shared_words("\n".join(_all_texts(first)), key, {}, WORDS_MARKED)


def _all_texts(proposal: Proposal) -> list[str]:
    return [getattr(proposal, name) for name in TEXTS]


def _texts(first: Proposal, second: Proposal, words: Sequence[str]) -> list[TextRow]:
    answers = (_answers(first), _answers(second))
    labels = list(dict.fromkeys([*answers[0], *answers[1]]))
    return [
        TextRow(label, *(marked(answer.get(label, ""), words) for answer in answers))
        for label in labels
    ]


def _answers(proposal: Proposal) -> dict[str, str]:
    """Long answers by their label, in the order of the form of the round."""
    content = content_of(proposal)
    return {
        field.label: words_in(field, content)
        for field in shown_fields(proposal)
        if (field.kind is FieldKind.LONG_TEXT or field.name in TEXTS)
        and field.name != "legal_basis"  # stands among the facts
    }


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """Cut a text where it has one of the words, the longest first (同じ語の印)."""
    if not text:
        return []
    longest_first = sorted(words, key=len, reverse=True)
    if not longest_first:
        return [Piece(text, False)]
    cut = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return [Piece(piece, place % 2 == 1) for place, piece in enumerate(cut) if piece]
