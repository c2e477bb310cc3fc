"""What speaks for a destination, and what against it (送付先の根拠): each names its source."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.accounts.models import Organization
from app.core.text import search_key
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.routing.evidence import entry_words
from app.routing.models import Duty
from app.suggestions.ministry import laws_in, names_law, text_of

# Classes that go to one ministry whatever the case is about (E: デジタル庁に伝達).
MINISTRY_OF_CLASS = {"dpi": "デジタル庁"}
# As the source prints ministries: デジタル庁（金融庁、総務省）.
_PRINTED = re.compile(r"([^（）()]+)(?:[（(]([^（）()]*)[）)])?")
_BETWEEN = re.compile("[、，,・;；]")


class ReasonKind(StrEnum):
    """Source of a reason (根拠の種類)."""

    CLASS = "class"
    REGISTER = "register"
    DUTY = "duty"
    POINTED = "pointed"
    LAW = "law"
    BODY = "body"
    PAST = "past"
    CATCH_ALL = "catch_all"


# What weighs more leads. A row that the opinion cites tells more than all words together; where a
# refusing ministry points is worth a look before what the body believed.
WEIGHTS: Mapping[ReasonKind, float] = {
    ReasonKind.CLASS: 100.0,
    ReasonKind.REGISTER: 20.0,
    ReasonKind.DUTY: 6.0,
    ReasonKind.POINTED: 5.0,
    ReasonKind.LAW: 3.0,
    ReasonKind.BODY: 2.0,
    ReasonKind.PAST: 1.5,
    ReasonKind.CATCH_ALL: 0.1,
}
RELATED_SHARE = 0.25
# Of these each destination takes part; the others only help to choose the lead.
NAMING = frozenset({ReasonKind.CLASS, ReasonKind.REGISTER, ReasonKind.DUTY, ReasonKind.BODY})


class Reason(NamedTuple):
    """One thing that speaks for a destination (根拠), in words that cite it."""

    kind: ReasonKind
    words: str
    weight: float


class Spoken(NamedTuple):
    """A reason and whom it speaks for (根拠と送付先)."""

    organization: Organization
    reason: Reason


@dataclass(frozen=True)
class Ministries:
    """Ministries and units of today by their names (府省庁の名前), a unit with its ministry."""

    by_name: Mapping[str, Organization]

    def named(self, name: str) -> Organization | None:
        """The one of this name, whatever blanks stand in it (内閣府　防災担当)."""
        return self.by_name.get(plain(name))


def plain(name: str) -> str:
    """A name without the blank between a ministry and its unit (内閣府防災担当)."""
    return name.replace("　", "").replace(" ", "")


def reason(kind: ReasonKind, words: str, share: float = 1.0) -> Reason:
    """Make a reason of a kind; `share` lessens what it weighs."""
    return Reason(kind, words, WEIGHTS[kind] * share)


def reasons_of_case(
    proposal: Proposal,
    cited: Sequence[RegisterEntry],
    duties: Sequence[Duty],
    ministries: Ministries,
) -> Iterator[Spoken]:
    """What the case itself says (提案から読み取る根拠): class, rows, duties, laws, the body."""
    yield from _by_class(proposal, ministries)
    yield from _by_rows(cited, ministries)
    yield from _by_duties(proposal, cited, duties)
    yield from _by_laws(proposal, ministries)
    if proposal.ministry is not None:
        body = ministries.named(ministry_name(proposal.ministry))
        if body is not None:
            yield Spoken(body, reason(ReasonKind.BODY, "提案団体が記載した所管府省庁"))


def _by_class(proposal: Proposal, ministries: Ministries) -> Iterator[Spoken]:
    category = proposal.category
    name = MINISTRY_OF_CLASS.get(category.key) if category else None
    body = ministries.named(name) if name else None
    if category is not None and body is not None:
        yield Spoken(body, reason(ReasonKind.CLASS, f"分類{category.code}の送付先"))


def _by_rows(cited: Sequence[RegisterEntry], ministries: Ministries) -> Iterator[Spoken]:
    for entry in cited:
        for place, name in enumerate(names_in(entry.ministry_name)):
            body = ministries.named(name)
            if body is not None:
                share = 1.0 if place == 0 else RELATED_SHARE
                words = f"台帳 {entry_words(entry)}の所管"
                yield Spoken(body, reason(ReasonKind.REGISTER, words, share))


def _by_duties(
    proposal: Proposal, cited: Sequence[RegisterEntry], duties: Sequence[Duty]
) -> Iterator[Spoken]:
    text = text_of(proposal)
    folded = search_key(text)
    rows = {entry.id for entry in cited}
    for duty in duties:
        words = _duty_words(duty, text, folded, rows)
        if words:
            yield Spoken(duty.organization, reason(ReasonKind.DUTY, f"所管の登録「{words}」"))


def _duty_words(duty: Duty, text: str, folded: str, rows: set[int]) -> str:
    """What of a duty the case meets, "" for nothing."""
    if duty.entry is not None and duty.entry.id in rows:
        return f"台帳 {entry_words(duty.entry)}"
    if duty.law and names_law(text, duty.law):
        return duty.law
    return duty.words if duty.words and search_key(duty.words) in folded else ""


def _by_laws(proposal: Proposal, ministries: Ministries) -> Iterator[Spoken]:
    for law, name in laws_in(text_of(proposal)):
        body = ministries.named(name)
        if body is not None:
            yield Spoken(body, reason(ReasonKind.LAW, f"法令「{law}」の所管"))


def names_in(printed: str) -> list[str]:
    """Ministries in a printed entry, the one in charge first (台帳の所管): A（B、C）."""
    found = _PRINTED.match(printed.strip())
    if found is None:
        return []
    lead, related = found.group(1), found.group(2) or ""
    return [name.strip() for name in (*_BETWEEN.split(lead), *_BETWEEN.split(related)) if name]
