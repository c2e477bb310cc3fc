"""The summary on the pages of the desk (要約): its lines, and their sentences in the text."""

from collections.abc import Sequence
from typing import NamedTuple

from app.proposals.models import Proposal
from app.suggestions.summary import summarize
from app.triage.routes.desk import Piece, long_texts

Sections = Sequence[tuple[str, list[Piece]]]


class SummaryLine(NamedTuple):
    """A line of the summary (要約の1文): the field it stands in, its words, its anchor."""

    label: str
    text: str
    anchor: str


class Quoted(NamedTuple):
    """Pieces of the text that make a sentence of the summary; a link leads to `anchor`."""

    anchor: str
    pieces: list[Piece]


class SummarizedText(NamedTuple):
    """The text of a proposal with its summary (提案の文と要約)."""

    lines: list[SummaryLine]
    sections: list[tuple[str, list[Piece | Quoted]]]


def summarized(proposal: Proposal, sections: Sections) -> SummarizedText:
    """Summarize a proposal, and give each sentence of the summary its place in the sections.

    `sections` are those that `desk.text_sections` made of the same proposal.
    """
    texts = long_texts(proposal)
    chosen = summarize({field.name: text for field, text in texts})
    labels = {field.name: field.label for field, _text in texts}
    anchors = {row: f"summary-{number}" for number, row in enumerate(chosen, start=1)}
    parts = []
    for (field, _text), (label, pieces) in zip(texts, sections, strict=True):
        here = sorted(
            (row.start, row.end, anchors[row]) for row in chosen if row.field == field.name
        )
        parts.append((label, anchored(pieces, here)))
    return SummarizedText(
        [SummaryLine(labels[row.field], row.text, anchors[row]) for row in chosen], parts
    )


def anchored(
    pieces: Sequence[Piece], sentences: Sequence[tuple[int, int, str]]
) -> list[Piece | Quoted]:
    """Put the pieces of each sentence (start, end, anchor) together, in the order of the text.

    A marked piece is never cut: one that begins in a sentence belongs to it to its end.
    """
    rest = list(pieces)
    found: list[Piece | Quoted] = []
    at = 0
    for start, end, anchor in sentences:
        before, rest, at = _taken(rest, at, start)
        inside, rest, at = _taken(rest, at, end)
        found += [*before, Quoted(anchor, inside)]
    return [*found, *rest]


def _taken(pieces: list[Piece], at: int, end: int) -> tuple[list[Piece], list[Piece], int]:
    """Take pieces from place `at` of the text to `end`; return them, the rest, the place after."""
    taken: list[Piece] = []
    rest = list(pieces)
    while rest and at < end:
        piece = rest.pop(0)
        if piece.number == 0 and at + len(piece.text) > end:
            cut = end - at
            rest.insert(0, Piece(piece.text[cut:], 0))
            piece = Piece(piece.text[:cut], 0)
        taken.append(piece)
        at += len(piece.text)
    return taken, rest, at
