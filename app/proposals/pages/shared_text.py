"""The text of a proposal as other bodies read it (ほかの団体に見える内容)."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from app.proposals.content import (
    content_of,
    shared_fields,
    visible_fields,
    words_in,
)
from app.proposals.models import Proposal
from app.rounds.models import FormField

# What a joining window shows of an opened proposal (照会で見える項目).
OPENED_FIELDS = ("title", "detail", "requested_measure", "hardship_case", "effect")


class TextLine(NamedTuple):
    """One field with its answer in words (項目の1行)."""

    name: str
    label: str
    value: str


def shared_lines(proposal: Proposal) -> list[TextLine]:
    """Fields a partner reads (共同提案団体に見える項目): no contact, nothing inner (P27)."""
    shared = {field.name for field in shared_fields(proposal.round)}
    return _lines(proposal, shared)


def opened_lines(proposal: Proposal) -> list[TextLine]:
    """Fields every body reads of an opened proposal (照会で見える項目)."""
    shared = {field.name for field in shared_fields(proposal.round)}
    return _lines(proposal, shared.intersection(OPENED_FIELDS))


def _lines(proposal: Proposal, names: Collection[str]) -> list[TextLine]:
    content = content_of(proposal)
    shown = visible_fields(proposal.round, content)
    return [_line(field, content) for field in shown if field.name in names]


def _line(field: FormField, content: Mapping[str, Any]) -> TextLine:
    return TextLine(field.name, field.label, words_in(field, content))
