"""Search of the lists (検索): receipt number, words of title and detail, name of the body."""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_

from app.accounts.models import Organization
from app.core.text import like_pattern, normalize_input, search_key
from app.proposals.models import Proposal
from app.rounds.models import Round

LONGEST_SEARCH = 200
MOST_TERMS = 10
ESCAPE = "\\"

# R6-0228, 0228, 228, folded; a number is never longer than six digits.
RECEIPT_NUMBER = re.compile(r"(?:([a-z0-9-]{1,8})[-‐−–])?0*([0-9]{1,6})")


def search_terms(text: str) -> list[str]:
    """Words of a search, cleaned, as typed (検索語): at most ten of 200 letters in all."""
    return normalize_input(text[:LONGEST_SEARCH]).split()[:MOST_TERMS]


def matches(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search, one a word, all of which must hold; joined with the body."""
    return [_matches_term(term) for term in search_terms(text) if search_key(term)]


def round_named_in(text: str, rounds: Sequence[Round]) -> Round | None:
    """Round that a full receipt number names (R6-0228), None for any other search."""
    found = RECEIPT_NUMBER.fullmatch(search_key(text[:LONGEST_SEARCH]))
    if found is None or found[1] is None:
        return None
    return next((row for row in rounds if search_key(row.key) == found[1]), None)


def _matches_term(term: str) -> ColumnElement[bool]:
    key = search_key(term)
    name = unicodedata.normalize("NFKC", term)
    alternatives: list[ColumnElement[bool]] = [
        Proposal.search_key.like(like_pattern(key), escape=ESCAPE),
        Organization.name.like(like_pattern(name), escape=ESCAPE),
    ]
    number = RECEIPT_NUMBER.fullmatch(key)
    if number is not None:
        alternatives.append(_has_number(number[1], int(number[2])))
    return or_(*alternatives)


def _has_number(round_key: str | None, sequence: int) -> ColumnElement[bool]:
    if round_key is None:
        return Proposal.receipt_sequence == sequence
    return func.lower(Proposal.receipt_number) == f"{round_key}-{sequence:04d}"
