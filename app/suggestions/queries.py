"""Finding what people said of suggestions (候補への判断の検索)."""

from sqlalchemy import Select, select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.suggestions.models import SuggestionVerdict, Verdict


def rejections_of(proposal: Proposal, reader: User) -> dict[int, SuggestionVerdict]:
    """Rejected rows of a case by id (当たらない), the reader's own word before another's.

    Where the second opinion is blind, another's word would tell of the first one: only the
    reader's own are found.
    """
    statement = _in_force(proposal).order_by(SuggestionVerdict.id)
    if proposal.round.is_second_opinion_blind:
        statement = statement.where(SuggestionVerdict.decided_by_id == reader.id)
    rows = list(db.session.scalars(statement))
    rows.sort(key=lambda row: row.decided_by_id == reader.id)
    return {row.register_entry_id: row for row in rows}


def rejection_by(proposal: Proposal, entry_id: int, actor: User) -> SuggestionVerdict | None:
    """Return the actor's own rejection of a row of a case that is in force, None for none."""
    return db.session.scalars(
        _in_force(proposal)
        .where(
            SuggestionVerdict.register_entry_id == entry_id,
            SuggestionVerdict.decided_by_id == actor.id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _in_force(proposal: Proposal) -> Select[SuggestionVerdict]:
    return select(SuggestionVerdict).where(
        SuggestionVerdict.proposal_id == proposal.id,
        SuggestionVerdict.verdict == Verdict.REJECTED,
        SuggestionVerdict.taken_back_at.is_(None),
    )
