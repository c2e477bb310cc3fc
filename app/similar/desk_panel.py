"""Similar cases beside the text at the secretariat's desk (仕分けの机の「似た提案」)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.accounts.models import User
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.proposals.presentation import StateBadge, reads_as_secretariat, state_badge
from app.similar.compared import Text
from app.similar.models import PairVerdict, Verdict
from app.similar.presentation import Outcome, quoted
from app.similar.queries import comparable_at_desk, proposals_with, verdicts_of
from app.similar.search import Hit, nearest
from app.similar.words import NearSentences
from app.workflow.states import State

MOST_SHOWN = 5

VERDICT_LABELS: dict[Verdict, str] = {
    Verdict.NOT_DUPLICATE: "重複ではない",
    Verdict.SUSPECTED: "重複の疑い",
}


@dataclass(frozen=True, kw_only=True)
class DeskCase:
    """One similar case as the secretariat reads it (似た提案); its class once it is settled."""

    number: str
    title: str
    score: int
    words: str
    sentences: NearSentences | None
    badge: StateBadge
    outcome: Outcome | None
    round_label: str
    body: str
    ministry: str
    verdict: PairVerdict | None
    verdict_label: str


class DeskPanel(NamedTuple):
    """The panel (似た提案); `left_out` is the number of cases the index does not have yet."""

    cases: list[DeskCase]
    left_out: int


def desk_panel(proposal: Proposal, reader: User) -> DeskPanel | None:
    """Up to five cases near to a case, this and past rounds; None for who is no secretariat."""
    if not reads_as_secretariat(reader) or proposal.receipt_number is None:
        return None
    found = nearest(
        Text(proposal.title, proposal.detail),
        comparable_at_desk(reader, proposal.round),
        MOST_SHOWN,
        apart_from=proposal.id,
    )
    return DeskPanel(_cases(proposal, found.hits, reader), found.left_out)


def _cases(proposal: Proposal, hits: Sequence[Hit], reader: User) -> list[DeskCase]:
    rows = proposals_with([hit.id for hit in hits])
    verdicts = verdicts_of(proposal)
    return [_case(rows[hit.id], hit, verdicts.get(hit.id), reader) for hit in hits]


def _case(proposal: Proposal, hit: Hit, verdict: PairVerdict | None, reader: User) -> DeskCase:
    return DeskCase(
        number=proposal.reference,
        title=proposal.title,
        score=hit.score,
        words=quoted(hit.words),
        sentences=hit.sentences,
        badge=state_badge(proposal, reader),
        outcome=settled_outcome(proposal),
        round_label=proposal.round.label,
        body=proposal.organization.name,
        ministry=ministry_name(proposal.ministry) if proposal.ministry else "",
        verdict=verdict,
        verdict_label=VERDICT_LABELS[verdict.verdict] if verdict else "",
    )


def settled_outcome(proposal: Proposal) -> Outcome | None:
    """Class two persons have settled, and the answer (分類と回答); a proposed one is not shown.

    It may be a secret to the second person (独立した2人目).
    """
    if proposal.state not in (State.CLASSIFIED, State.CLOSED) or proposal.category is None:
        return None
    category = proposal.category
    return Outcome(category.code, category.short_label, proposal.outcome_text)
