"""Which ministry a proposal concerns (府省庁の候補), with what speaks for it. A hint, no change.

The laws are those that bodies cite most, with the ministry in charge as of 2024-08-27.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS
from app.suggestions.engine import Suggestion

LAWS = Path(__file__).resolve().parent / "data" / "laws.csv"
# A law tells more than a row that is only likely, and less than two rows that are certain.
LAW_WEIGHT = 1.0
TEXTS = ("legal_basis", "title", "detail", "requested_measure")
# 農地法 is no part of 市街化調整区域農地法人: a law name is not the end of a longer word.
_ENDS_NAME = "（）()「」『』、。・，,及又並第に のをはがとでや施附\n　"


@dataclass(frozen=True)
class MinistryHint:
    """A ministry and the words that speak for it (府省庁の候補)."""

    ministry_name: str
    reasons: tuple[str, ...]
    is_given: bool


def ministry_hint(proposal: Proposal, suggestions: Sequence[Suggestion]) -> MinistryHint | None:
    """Suggest the ministry that laws and suggested rows speak for most (府省庁の候補).

    None where neither a law is cited nor a row of a ministry suggested. `is_given` tells that the
    body named the same one.
    """
    weights: dict[str, float] = defaultdict(float)
    reasons: dict[str, list[str]] = defaultdict(list)
    for law, ministry in laws_in(text_of(proposal)):
        weights[ministry] += LAW_WEIGHT
        reasons[ministry].append(law)
    for found in suggestions:
        if found.entry.ministry_name:
            weights[found.entry.ministry_name] += found.score
            reasons[found.entry.ministry_name].append(
                f"台帳 {REGISTER_LABELS[found.entry.register]} {found.entry.number}の所管"
            )
    if not weights:
        return None
    best = min(weights, key=lambda name: (-weights[name], name))
    # 内閣府　防災担当 of the bodies is 内閣府防災担当 in the registers.
    given = ministry_name(proposal.ministry).replace("　", "") if proposal.ministry else ""
    return MinistryHint(best, tuple(dict.fromkeys(reasons[best])), best == given)


def text_of(proposal: Proposal) -> str:
    """Texts of a case that may name a law (法令を読み取る文)."""
    return "\n".join(str(getattr(proposal, name)) for name in TEXTS)


def laws_in(text: str) -> list[tuple[str, str]]:
    """Known laws a text names, each with the ministry in charge (法令と所管)."""
    return [(law, ministry) for law, ministry in _laws() if names_law(text, law)]


def names_law(text: str, law: str) -> bool:
    """Whether a text names a law, and not a longer word that begins with it (法令名の照合)."""
    start = text.find(law)
    return start >= 0 and text[start + len(law) : start + len(law) + 1] in ("", *_ENDS_NAME)


@lru_cache(maxsize=1)
def _laws() -> tuple[tuple[str, str], ...]:
    with LAWS.open(encoding="utf-8", newline="") as file:
        return tuple((row["law"], row["ministry"]) for row in csv.DictReader(file))
