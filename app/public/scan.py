"""What must not go out by oversight (公表前の点検): names, addresses and numbers in the texts."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.accounts.queries import names_of, people_of_body
from app.core.text import search_key
from app.proposals.models import Proposal
from app.proposals.sharing.partners import accepted_partners_of
from app.public.copying import EditableText

SHORTEST_NAME = 2  # characters; a shorter one stands in half of all words
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
# 03-1234-5678, 0312345678, 090 1234 5678, (03)1234-5678, also in full width (folded before).
_PHONE = re.compile(
    r"(?<!\d)\(?0\d{1,4}\)?[-\u2010-\u2015\u2212 (]?\d{1,4}[-\u2010-\u2015\u2212 )]?\d{3,4}(?!\d)"
)
_SUFFIX = re.compile("[都道府県市区町村]$")


class ScanHit(NamedTuple):
    """Something found in a text (見つかったもの): where, what it is, the words, is it refused."""

    key: str
    label: str
    what: str
    words: str
    is_refused: bool


def scan(proposal: Proposal, texts: Sequence[EditableText], *, is_named: bool) -> list[ScanHit]:
    """Look through the texts of a public copy (公表前の点検), text by text.

    The name of a body that did not agree to be named is refused, in its short form too; the rest
    is shown to a person, who takes it out or says that it may stand.
    """
    names = _names_of_body(proposal)
    warned = [("共同提案団体の名前", name) for name in _partner_names(proposal)]
    warned += [("団体の職員の名前", name) for name in _people(proposal)]
    if is_named:
        names = []
    hits: list[ScanHit] = []
    for text in texts:
        folded = search_key(text.value)
        hits += _found(text, folded, [("提案した団体の名前", name) for name in names], True)
        hits += _found(text, folded, warned, False)
        hits += [_hit(text, "メールアドレス", words) for words in _MAIL.findall(folded)]
        hits += [_hit(text, "電話番号", words) for words in _phones(folded)]
    return hits


def _found(
    text: EditableText, folded: str, names: Iterable[tuple[str, str]], is_refused: bool
) -> list[ScanHit]:
    return [
        ScanHit(text.key, text.label, what, name, is_refused)
        for what, name in names
        if search_key(name) in folded
    ]


def _hit(text: EditableText, what: str, words: str) -> ScanHit:
    return ScanHit(text.key, text.label, what, words, False)


def _phones(folded: str) -> list[str]:
    return [words for words in _PHONE.findall(folded) if 9 <= len(re.sub(r"\D", "", words)) <= 11]


def _names_of_body(proposal: Proposal) -> list[str]:
    """Names of the body now and before, and without their last letter (甲子市, 甲子)."""
    body = proposal.organization
    names = {body.name}
    for change in names_of(body.id):
        names |= {change.name, change.former_name}
    return _with_stems(names)


def _partner_names(proposal: Proposal) -> list[str]:
    return _with_stems({row.organization.name for row in accepted_partners_of(proposal)})


def _with_stems(names: set[str]) -> list[str]:
    stems = {_SUFFIX.sub("", name) for name in names}
    return sorted(name for name in names | stems if len(name) >= SHORTEST_NAME)


def _people(proposal: Proposal) -> list[str]:
    people = people_of_body(proposal.organization_id)
    names = {person.display_name for person in people} | {proposal.contact_email}
    return sorted(name for name in names if len(name) >= SHORTEST_NAME)
