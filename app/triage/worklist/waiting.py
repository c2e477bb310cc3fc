"""The cases that wait (待っている案件), read light: many are looked through, few are shown.

A round of ten thousand cases is gone through for every queue and home of the secretariat. What
tells whose move a case is are six values; the case itself is read when a page shows it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, select
from sqlalchemy.orm import defaultload

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.workflow.states import State


class WaitingCase(NamedTuple):
    """What is known of a case before it is shown (待っている案件)."""

    id: int
    round_id: int
    state: State
    due_on: date | None
    state_since: datetime
    pending_owner_id: int | None


def waiting_cases(actor: User, *conditions: ColumnElement[bool]) -> list[WaitingCase]:
    """Cases the actor may see that meet the conditions, the next due first (期限の順)."""
    columns = (
        Proposal.id,
        Proposal.round_id,
        Proposal.state,
        Proposal.due_on,
        Proposal.state_since,
        Proposal.pending_owner_id,
    )
    rows = db.session.execute(
        select(*columns)
        .where(visible_to(actor), *conditions)
        .order_by(Proposal.due_on, Proposal.id)
    )
    return [WaitingCase(*row) for row in rows]


def cases_by_id(ids: Sequence[int]) -> dict[int, Proposal]:
    """The cases themselves, by id (案件): one question for all of them."""
    if not ids:
        return {}
    # In the text of the statement: there may be more of them than a statement takes values.
    among: BindParameter[int] = bindparam("ids", list(ids), expanding=True, literal_execute=True)
    rows = db.session.scalars(
        select(Proposal)
        .where(Proposal.id.in_(among))
        .options(defaultload(Proposal.round).lazyload(Round.terms))
    )
    return {proposal.id: proposal for proposal in rows}
