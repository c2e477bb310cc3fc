"""Who may not read an opinion yet (独立した2人目): the one rule every page and file asks.

In a round that asks for a blind second opinion, an opinion that no other person has answered is
read by its author alone among those who may be the second person. What it says shows neither as
class nor as reason, rating or evidence, before the own opinion is saved. One that was set aside
(差替え) stays hidden until the case is settled: its author will say the same again.
"""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from app.accounts.models import Role, User
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.triage.models import Assessment, AssessmentStatus
from app.triage.queries import assessments_of, open_assessment
from app.workflow.states import State

UNANSWERED = (AssessmentStatus.OPEN, AssessmentStatus.SUPERSEDED)
SETTLING = (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)
SETTLED_STATES = (State.CLASSIFIED, State.CLOSED, State.WITHDRAWN)
REVIEWERS = 2


def may_be_second(reader: User) -> bool:
    """Whether the reader is one of those who give second opinions (仕分け担当・総括)."""
    return reader.has_role(Role.OFFICER, Role.LEAD)


def is_blind_round(round_: Round) -> bool:
    """Whether the second person of this round gives an opinion before reading the first one."""
    return round_.is_second_opinion_blind and round_.reviewers_required == REVIEWERS


@once_a_page
def hidden_opinion_ids(reader: User, proposal: Proposal) -> frozenset[int]:
    """Ids of the opinions on a case that the reader may not read yet (伏せる意見)."""
    if not may_be_second(reader) or not is_blind_round(proposal.round):
        return frozenset()
    found = _hidden(reader).where(Assessment.proposal_id == proposal.id)
    return frozenset(db.session.scalars(found.with_only_columns(Assessment.id)))


def readable_opinions(reader: User, proposal: Proposal) -> list[Assessment]:
    """Opinions on a case that the reader may read, oldest first (読める仕分け意見)."""
    hidden = hidden_opinion_ids(reader, proposal)
    return [row for row in assessments_of(proposal) if row.id not in hidden]


def is_blind_for(reader: User, proposal: Proposal) -> bool:
    """Whether the reader, as second person, gives a full opinion of its own (独立した2人目)."""
    waiting = open_assessment(proposal) if proposal.state is State.IN_CONFIRMATION else None
    return waiting is not None and waiting.id in hidden_opinion_ids(reader, proposal)


def hides_class(reader: User, proposal: Proposal) -> bool:
    """Whether the proposed and the provisional class of a case are kept from the reader."""
    return bool(hidden_opinion_ids(reader, proposal))


def cases_with_hidden_class(reader: User, proposals: Sequence[Proposal]) -> frozenset[int]:
    """Those of the cases whose proposed class is kept from the reader, in one query."""
    rounds = {proposal.round_id: proposal for proposal in proposals}
    is_any_blind = any(is_blind_round(proposal.round) for proposal in rounds.values())
    if not may_be_second(reader) or not is_any_blind:
        return frozenset()
    ids: Collection[int] = [proposal.id for proposal in proposals]
    found = _hidden(reader).where(Assessment.proposal_id.in_(ids))
    return frozenset(db.session.scalars(found))


def class_is_open_to(reader: User) -> ColumnElement[bool]:
    """Condition: the proposed class of the proposal is no secret to the reader.

    For filters and orders by a class that nobody has confirmed yet.
    """
    if not may_be_second(reader):
        return Proposal.id.is_not(None)
    return Proposal.id.not_in(_hidden(reader))


def _hidden(reader: User) -> Select[int]:
    """Cases with an opinion the reader may not read yet, a row an opinion."""
    later = _later()
    is_settled_since = exists().where(
        later.proposal_id == Assessment.proposal_id,
        later.status.in_(SETTLING),
        later.id > Assessment.id,
    )
    return (
        select(Assessment.proposal_id)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .join(Round, Round.id == Proposal.round_id)
        .where(
            Round.is_second_opinion_blind,
            Round.reviewers_required == REVIEWERS,
            Proposal.state.not_in(SETTLED_STATES),
            Assessment.status.in_(UNANSWERED),
            Assessment.author_id != reader.id,
            ~is_settled_since,
        )
    )


# Made once: it copies every column of the table.
@cache
def _later() -> type[Assessment]:
    return aliased(Assessment)


def progress(proposal: Proposal) -> tuple[int, int]:
    """Opinions given and opinions the round asks for (意見 n／m), of the present turn."""
    required = proposal.round.reviewers_required
    if proposal.state in (State.CLASSIFIED, State.CLOSED):
        return required, required
    waiting = 1 if proposal.state is State.IN_CONFIRMATION else 0
    return waiting, required
