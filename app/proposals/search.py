"""Search of the lists (検索): receipt number, words of the shared answers, names of the body."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.core.text import like_pattern, normalize_input, search_key
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.search_index.queries import Contains, owners_with

# Kinds of the documents of the cases in the index of the search (検索の文書): the answers that all
# readers of a case share; and, of a case that has others, too, those together with the others.
CASE_DOCUMENT = "case"
WHOLE_CASE_DOCUMENT = "whole_case"
LONGEST_SEARCH = 200
MOST_TERMS = 10
ESCAPE = "\\"

# R6-0228, 0228, 228, folded; a number is never longer than six digits.
RECEIPT_NUMBER = re.compile(r"(?:([a-z0-9-]{1,8})[-‐−–])?0*([0-9]{1,6})")
# R6-0012-2, 0012-2: a part of a split case, by its branch number (枝番).
PART_NUMBER = re.compile(r"(?:([a-z0-9-]{1,8})[-‐−–])?0*([0-9]{3,6})[-‐−–]([0-9]{1,2})")


def search_terms(text: str) -> list[str]:
    """Words of a search, cleaned, as typed (検索語): at most ten of 200 letters in all."""
    return normalize_input(text[:LONGEST_SEARCH]).split()[:MOST_TERMS]


def matches(text: str, round_: Round | None = None) -> list[ColumnElement[bool]]:
    """Conditions of a search, one a word, all of which must hold; of one round where it is named.

    For lists of the secretariat, and of a body's own cases: their readers read every answer, those
    that are not shared (内部の項目), too. Not for a list with cases of others.
    """
    among = None if round_ is None else select(Proposal.id).where(Proposal.round_id == round_.id)
    return [_matches_term(term, among) for term in search_terms(text) if search_key(term)]


def round_named_in(text: str, rounds: Sequence[Round]) -> Round | None:
    """Round that a full receipt number names (R6-0228), None for any other search."""
    key = search_key(text[:LONGEST_SEARCH])
    named = [found[1] for found in _readings(key) if found[1] is not None]
    return next((row for row in rounds if search_key(row.key) in named), None)


def numbers_meant(text: str) -> list[str]:
    """Full receipt numbers, folded, that a word can mean (R6-228: r6-0228); none for others."""
    found = [read.groups() for read in _readings(search_key(text[:LONGEST_SEARCH])) if read[1]]
    return [
        f"{round_key}-{int(sequence):04d}" + "".join(f"-{int(number)}" for number in branch)
        for round_key, sequence, *branch in found
    ]


def has_number(word: str) -> list[ColumnElement[bool]]:
    """Conditions on a case, one of which holds when a word is its number (受付番号としての読み).

    228, 0228, R6-228, R6-0012-2, in any width; none for a word that is no number. The lists and the
    search read a number by this alone, for no text of the index has it.
    """
    return [_has_number(*read.groups()) for read in _readings(search_key(word[:LONGEST_SEARCH]))]


def _readings(key: str) -> list[re.Match[str]]:
    """Ways to read a folded text as a receipt number, with a branch number or without."""
    patterns = (RECEIPT_NUMBER, PART_NUMBER)
    return [found for pattern in patterns if (found := pattern.fullmatch(key)) is not None]


def _matches_term(term: str, among: Select[int] | None) -> ColumnElement[bool]:
    kinds = (CASE_DOCUMENT, WHOLE_CASE_DOCUMENT)
    of_text = owners_with(kinds, Contains(search_key(term)), among=among)
    return or_(Proposal.id.in_(of_text), *has_number(term))


def _has_number(
    round_key: str | None, sequence: str, branch: str | None = None
) -> ColumnElement[bool]:
    """Condition: the case has this number; without a branch its parts are found, too."""
    conditions = [Proposal.receipt_sequence == int(sequence)]
    if round_key is not None:
        number = f"{round_key}-{int(sequence):04d}"
        part = like_pattern(f"{number}-").removeprefix("%")
        lowered = func.lower(Proposal.receipt_number)
        conditions.append(or_(lowered == number, lowered.like(part, escape=ESCAPE)))
    if branch is not None:
        conditions.append(Proposal.branch_number == int(branch))
    return and_(*conditions)
