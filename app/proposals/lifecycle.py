"""The only writer of a proposal's state (状態遷移)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.clocks import switch_clock
from app.proposals.lapse import lapse_amendment
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.workflow.machine import next_state
from app.workflow.states import Action, State


def check_version(proposal: Proposal, version: int) -> None:
    """Lock the case; refuse a command made from an older version of it (P05).

    Whoever comes second waits here for the first, and then finds another version: what the guards
    judged is what the command changes. Raises StaleVersion.
    """
    present = db.session.scalar(
        select(Proposal.version).where(Proposal.id == proposal.id).with_for_update()
    )
    if not proposal.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def check_possible(proposal: Proposal, action: Action) -> None:
    """Refuse an action that has no arrow out of the state, before anything is judged or written.

    Actions that end in a category are asked for with any category of the scheme. Raises
    IllegalTransition.
    """
    scheme = proposal.round.scheme.view()
    category = proposal.category.key if proposal.category else scheme.category_keys[0]
    ends_in_category = action in (Action.CONFIRM, Action.REOPEN)
    next_state(
        proposal.state_name, action, scheme=scheme, category=category if ends_in_category else None
    )


def advance(
    proposal: Proposal,
    action: Action,
    *,
    actor: User | None,
    reason: str = "",
    category: Category | None = None,
    announced_on: date | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move the case along one arrow, restart its clock, leave a trace (状態遷移).

    `category` is named when the arrow ends in a category; `announced_on` is the revisit date of a
    pending case. Raises IllegalTransition and changes nothing when the table has no such arrow.
    """
    before = proposal.state_name
    after = next_state(
        before,
        action,
        scheme=proposal.round.scheme.view(),
        category=category.key if category else None,
    )
    state = State.CLASSIFIED if after.startswith(f"{State.CLASSIFIED}_") else State(after)
    # State, category and dates bind one another in the constraints: they go in at once.
    with db.session.no_autoflush:
        _enter(proposal, state, _category_in(state, proposal, category))
        switch_clock(proposal, action, announced_on=announced_on, reason=reason)
    db.session.flush()
    due = {"due_on": proposal.due_on.isoformat()} if proposal.due_on else {}
    record(
        f"proposal.{action}",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        from_state=before,
        to_state=after,
        reason=reason,
        changes={**due, **(changes or {})},
    )
    lapse_amendment(proposal, actor)


def _enter(proposal: Proposal, state: State, category: Category | None) -> None:
    proposal.state = state
    # An arrow that ends where it began (another reviewer) makes a new version, too.
    flag_modified(proposal, "state")
    proposal.state_since = clock.now()
    proposal.category = category


def _category_in(state: State, proposal: Proposal, named: Category | None) -> Category | None:
    if state is State.CLASSIFIED:
        return named
    return proposal.category if state is State.CLOSED else None
