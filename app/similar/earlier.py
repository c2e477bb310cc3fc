"""The same matter in an earlier round (前の回の同じ提案), for the desk and for the body itself.

For the desk: near-duplicates, cases the body named in a note (違い) and those an officer suspects
to be the same (重複の疑い). A pair called no duplicate (重複ではない) is no memory either.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import is_of_body
from app.rounds.models import Round
from app.similar.compared import Text
from app.similar.models import Verdict
from app.similar.near_duplicates import near_duplicates
from app.similar.presentation import SimilarCase, shown_cases
from app.similar.queries import comparable_at_desk, notes_of, verdicts_of
from app.similar.search import nearest
from app.workflow.states import State

SETTLED = (State.CLASSIFIED, State.CLOSED)
MOST_OWN = 3
NAMED_BY_BODY = "提案団体が、似た提案として違いを書いています"
SUSPECTED = "重複の疑いと記録されています"


class EarlierCase(NamedTuple):
    """A settled case of an earlier round about the same matter, and why it is held for it."""

    proposal: Proposal
    why: str


def earlier_settled(actor: User, proposal: Proposal) -> list[EarlierCase]:
    """Settled cases of earlier rounds about the same matter, the latest round and nearest first.

    Only what the actor may know of; a practice round (操作練習) has no earlier ones.
    """
    condition = _settled_before(actor, proposal.round)
    if proposal.round.is_practice or not db.session.scalar(select(exists().where(condition))):
        return []
    near = near_duplicates(actor, proposal, where=condition)
    found = {row.proposal.id: EarlierCase(row.proposal, row.reason) for row in near}
    for case in _named(proposal, condition):
        found.setdefault(case.proposal.id, case)
    return sorted(found.values(), key=lambda row: row.proposal.round.opens_at, reverse=True)


def own_earlier(proposal: Proposal, reader: User) -> list[SimilarCase]:
    """Up to three cases of earlier rounds that the reader's own body made, near to a draft.

    What a body may not read is never among them: neither other bodies' cases nor a class before the
    end of the case.
    """
    condition = (
        is_of_body(reader) & Proposal.receipt_number.is_not(None) & _is_before(proposal.round)
    )
    if not db.session.scalar(select(exists().where(condition))):
        return []
    text = Text(proposal.title, proposal.detail)
    return shown_cases(reader, nearest(text, condition, MOST_OWN, apart_from=proposal.id).hits)


def _settled_before(actor: User, round_: Round) -> ColumnElement[bool]:
    return comparable_at_desk(actor, round_) & Proposal.state.in_(SETTLED) & _is_before(round_)


def _is_before(round_: Round) -> ColumnElement[bool]:
    rounds = select(Round.id).where(
        Round.is_practice.is_(False), Round.opens_at < round_.opens_at, Round.id != round_.id
    )
    return Proposal.round_id.in_(rounds)


def _named(proposal: Proposal, condition: ColumnElement[bool]) -> list[EarlierCase]:
    """Cases that a person named, whatever the two texts are like."""
    verdicts = {other: row.verdict for other, row in verdicts_of(proposal).items()}
    whys = {note.similar_proposal_id: NAMED_BY_BODY for note in notes_of(proposal)}
    whys |= {other: SUSPECTED for other, said in verdicts.items() if said is Verdict.SUSPECTED}
    ids = [other for other in whys if verdicts.get(other) is not Verdict.NOT_DUPLICATE]
    if not ids:
        return []
    found = db.session.scalars(select(Proposal).where(Proposal.id.in_(ids), condition))
    return [EarlierCase(row, whys[row.id]) for row in sorted(found, key=lambda row: row.id)]
