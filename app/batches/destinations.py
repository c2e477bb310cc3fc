"""Where cases are proposed to go (宛先の提案), each with what speaks for it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import Organization
from app.accounts.queries import list_ministries
from app.batches.evidence import cited_entries, entry_words
from app.core import clock
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.workflow.handoffs import HandoffPart

# Classes that go to one ministry whatever the case is about (E: デジタル庁に伝達).
MINISTRY_OF_CLASS = {"dpi": "デジタル庁"}
# As the source prints ministries: デジタル庁（金融庁、総務省）.
_PRINTED = re.compile(r"([^（）()]+)(?:[（(]([^（）()]*)[）)])?")
_BETWEEN = re.compile("[、，,・;；]")


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A destination that is proposed for a case (宛先の案): its part, and why."""

    organization: Organization
    part: HandoffPart
    why: str


@dataclass(frozen=True)
class _Named:
    name: str
    why: str
    is_lead: bool = True


def proposed_destinations(proposals: Sequence[Proposal]) -> dict[int, list[Proposed]]:
    """Destinations proposed for each case, the lead first (宛先の提案); none where no rule holds.

    First the class (E), then the rows its opinion cites, then the ministry the body named; the
    first one leads, the others are related. A ministry that is no more is replaced by the one that
    acts for it. A few questions for however many cases.
    """
    cited = cited_entries(proposals)
    by_name = _ministries_by_name()
    return {
        proposal.id: _proposed(list(_named(proposal, cited.get(proposal.id, []))), by_name)
        for proposal in proposals
    }


def _proposed(named: list[_Named], by_name: Mapping[str, Organization]) -> list[Proposed]:
    reasons: dict[int, list[str]] = {}
    bodies: dict[int, Organization] = {}
    for row in sorted(named, key=lambda row: not row.is_lead):
        body = by_name.get(_plain(row.name))
        if body is not None:
            bodies.setdefault(body.id, body)
            reasons.setdefault(body.id, []).append(row.why)
    return [
        Proposed(
            organization=body,
            part=HandoffPart.LEAD if place == 0 else HandoffPart.RELATED,
            why="、".join(dict.fromkeys(reasons[body.id])),
        )
        for place, body in enumerate(bodies.values())
    ]


def _named(proposal: Proposal, cited: Sequence[RegisterEntry]) -> Iterator[_Named]:
    """Ministries that something names for a case, what weighs most first."""
    category = proposal.category
    if category is not None and category.key in MINISTRY_OF_CLASS:
        yield _Named(MINISTRY_OF_CLASS[category.key], f"分類{category.code}の送付先")
    for entry in cited:
        for place, name in enumerate(_names_in(entry.ministry_name)):
            yield _Named(name, f"台帳 {entry_words(entry)}の所管", is_lead=place == 0)
    if proposal.ministry is not None:
        yield _Named(ministry_name(proposal.ministry), "提案団体が記載した所管府省庁")


def _names_in(printed: str) -> list[str]:
    found = _PRINTED.match(printed.strip())
    if found is None:
        return []
    lead, related = found.group(1), found.group(2) or ""
    return [name.strip() for name in (*_BETWEEN.split(lead), *_BETWEEN.split(related)) if name]


def _ministries_by_name() -> dict[str, Organization]:
    """Ministries and units of today by their names, a unit with its ministry in front as well."""
    today = clock.today()
    acting = ((body, body.acting_on(today)) for body in list_ministries())
    return {
        _plain(ministry_name(body)): present for body, present in acting if present.exists_on(today)
    }


def _plain(name: str) -> str:
    """A name without the blank between a ministry and its unit (内閣府防災担当)."""
    return name.replace("　", "").replace(" ", "")
