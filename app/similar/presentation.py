"""What a reader sees of similar cases (類似の提案の表示)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.accounts.models import User
from app.proposals.models import Proposal
from app.proposals.policy import is_own
from app.proposals.presentation import StateBadge, reads_as_secretariat, state_badge
from app.proposals.queries import is_of_body, visible_to
from app.similar.compared import Text
from app.similar.models import SimilarNote
from app.similar.queries import comparable_for, ids_of, notes_of, proposals_with
from app.similar.search import Hit, nearest
from app.similar.words import NearSentences
from app.workflow.states import State

MOST_SHOWN = 5
LONGEST_TITLE = 200  # characters of a title that are compared; no round allows more


class Outcome(NamedTuple):
    """Class and answer of a case the reader may read them of (分類と回答)."""

    code: str
    label: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class SimilarCase:
    """One similar case as this reader may see it (似た提案).

    `badge` and `outcome` are None for an opened case of another body: only its text is open.
    """

    id: int
    number: str
    title: str
    round_label: str
    body: str
    words: str
    sentences: NearSentences | None
    badge: StateBadge | None
    outcome: Outcome | None
    place: str


class NoteLine(NamedTuple):
    """A note on a similar case (違い); number and title only where the reader may know of it."""

    note: SimilarNote
    number: str
    title: str


def similar_cases(
    actor: User, title: str, *, proposal: Proposal | None = None
) -> list[SimilarCase]:
    """Up to five cases near to a title, the nearest first (似た提案)."""
    found = nearest(
        Text(title[:LONGEST_TITLE]),
        comparable_for(actor),
        MOST_SHOWN,
        apart_from=proposal.id if proposal else None,
    )
    return shown_cases(actor, found.hits)


def shown_cases(actor: User, hits: Sequence[Hit]) -> list[SimilarCase]:
    """Put hits together for a reader: what each may be shown with."""
    ids = [hit.id for hit in hits]
    found = proposals_with(ids)
    own = ids_of(actor, is_of_body(actor), ids)
    known = ids_of(actor, visible_to(actor), ids)
    return [_case(found[hit.id], hit, actor, hit.id in own, hit.id in known) for hit in hits]


def _case(proposal: Proposal, hit: Hit, actor: User, is_own: bool, is_known: bool) -> SimilarCase:
    return SimilarCase(
        id=proposal.id,
        number=proposal.reference,
        title=proposal.title,
        round_label=proposal.round.label,
        body="自団体" if is_own else proposal.organization.name,
        words=quoted(hit.words),
        sentences=hit.sentences,
        badge=state_badge(proposal, actor) if is_known else None,
        outcome=_outcome(proposal) if is_known else None,
        place="case" if is_known and proposal.receipt_number else "draft" if is_own else "opened",
    )


def quoted(words: Sequence[str]) -> str:
    """Words in brackets, one after the other (「鍵」、「予約」)."""
    return "、".join(f"「{word}」" for word in words)


def _outcome(proposal: Proposal) -> Outcome | None:
    if proposal.state is not State.CLOSED or proposal.category is None:
        return None
    category = proposal.category
    return Outcome(category.code, category.short_label, proposal.outcome_text)


def note_lines(proposal: Proposal | None, reader: User) -> list[NoteLine]:
    """Notes of a proposal for its body and the secretariat (違いのメモ); a partner reads none.

    A case that the reader may not know of (any more) is named by neither number nor title.
    """
    if proposal is None or not (is_own(reader, proposal) or reads_as_secretariat(reader)):
        return []
    notes = notes_of(proposal)
    ids = [note.similar_proposal_id for note in notes]
    known = ids_of(reader, visible_to(reader) | comparable_for(reader), ids) if ids else set()
    return [_note_line(note, note.similar_proposal_id in known) for note in notes]


def _note_line(note: SimilarNote, is_known: bool) -> NoteLine:
    similar = note.similar_proposal
    if not is_known:
        return NoteLine(note, "", "")
    return NoteLine(note, similar.reference, similar.title)
