"""The only writer of a proposal's state (状態遷移)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.clocks import (
    continue_clock,
    running_clock,
    stop_clock,
    switch_clock,
    take_back_switch,
)
from app.proposals.lapse import lapse_amendment
from app.proposals.models import Proposal
from app.proposals.moves import ask_guards, tell_clock_goes_on, tell_moved
from app.proposals.queries import is_conflicted
from app.rounds.models import Category
from app.workflow.machine import next_state
from app.workflow.states import ANY_SCHEME, Action, SchemeView, State

# A body must not learn from a refusal that another body's case exists.
IN_THE_OFFICE = (
    "この提案は事務局で取扱い中のため、画面からは操作できません。事務局に連絡してください。"
)
BODY_ACTIONS = (Action.SUBMIT, Action.WITHDRAW)


def check_version(proposal: Proposal, version: int) -> None:
    """Lock the case; refuse a command made from an older version of it (P05).

    Whoever comes second waits here for the first, and then finds another version: what the guards
    judged is what the command changes. Raises StaleVersion.
    """
    present = db.session.scalar(_locked_version(), {"case_id": proposal.id})
    if not proposal.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


@cache
def _locked_version() -> Select[int]:
    return select(Proposal.version).where(Proposal.id == bindparam("case_id")).with_for_update()


def check_possible(proposal: Proposal, action: Action) -> None:
    """Refuse an action that has no arrow out of the state, before anything is judged or written.

    Actions that end in a category are asked for with any category of the scheme. Raises
    IllegalTransition.
    """
    check_free(proposal, action)
    category: str | None = None
    if action in (Action.CONFIRM, Action.REOPEN):
        known = proposal.category
        category = known.key if known else proposal.round.scheme.view().category_keys[0]
    next_state(
        proposal.state_name, action, scheme=_scheme_for(proposal, category), category=category
    )


def _scheme_for(proposal: Proposal, category: str | None) -> SchemeView:
    """The scheme that an arrow of the case is looked up in (分類体系), read where one matters."""
    if category is None and proposal.state is not State.CLASSIFIED:
        return ANY_SCHEME
    return proposal.round.scheme.view()


def check_free(proposal: Proposal, action: Action) -> None:
    """Refuse, in words, an act that another feature keeps a case from, or a merge (操作の条件).

    Raises IllegalTransition, and what the guards of `moves.before` raise.
    """
    check_not_merged(proposal, action)
    ask_guards(proposal, action)


def check_not_merged(proposal: Proposal, action: Action) -> None:
    """Refuse, in words, any act on a case that went into another one (統合済み).

    A case that others went into cannot be withdrawn from under them; its own parts that went back
    to it (分割の取消し) are not others. Raises IllegalTransition.
    """
    if action is Action.WITHDRAW and _has_absorbed(proposal):
        raise IllegalTransition(IN_THE_OFFICE)
    if proposal.state is not State.MERGED:
        return
    if action in BODY_ACTIONS:
        raise IllegalTransition(IN_THE_OFFICE)
    number = proposal.merged_into.reference if proposal.merged_into else "ほかの提案"
    raise IllegalTransition(
        f"{proposal.reference}は{number}に統合されています。操作は{number}で行ってください。"
        f"別々に仕分けるときは、{proposal.reference}の画面で統合を取り消してください。"
    )


def _has_absorbed(proposal: Proposal) -> bool:
    absorbed = select(Proposal.id).where(Proposal.merged_into_id == proposal.id)
    if not proposal.is_part:
        absorbed = absorbed.where(Proposal.receipt_sequence != proposal.receipt_sequence)
    return db.session.scalar(absorbed.limit(1)) is not None


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
    check_free(proposal, action)
    before, named = proposal.state_name, category.key if category else None
    after = next_state(before, action, scheme=_scheme_for(proposal, named), category=named)
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
    tell_moved(proposal, actor, before)


@dataclass(frozen=True, kw_only=True)
class CaseStanding:
    """Where a case stands, as it is kept to come back to it (取消しのための控え)."""

    state: str
    state_since: str
    category_id: int | None
    provisional_category_id: int | None
    due_on: str | None
    clock_id: int | None
    pending_owner_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Shape in which it is stored."""
        return asdict(self)


def standing_of(proposal: Proposal) -> CaseStanding:
    """Note where a case stands before an act that may be taken back (控え)."""
    running = running_clock(proposal)
    return CaseStanding(
        state=proposal.state.value,
        state_since=proposal.state_since.isoformat(),
        category_id=proposal.category_id,
        provisional_category_id=proposal.provisional_category_id,
        due_on=proposal.due_on.isoformat() if proposal.due_on else None,
        clock_id=running.id if running else None,
        pending_owner_id=proposal.pending_owner_id,
    )


def take_back(
    proposal: Proposal, before: CaseStanding, *, actor: User, changes: Mapping[str, Any]
) -> None:
    """Put a case back to where it stood before an act (操作の取消し); both stay in the trail.

    No arrow of the table: whoever calls this has checked that nothing happened since the act. The
    clock runs on as if the act had not been.
    """
    left = proposal.state_name
    with db.session.no_autoflush:
        _enter(
            proposal,
            State(before.state),
            db.session.get(Category, before.category_id) if before.category_id else None,
        )
        proposal.state_since = datetime.fromisoformat(before.state_since)
        proposal.provisional_category_id = before.provisional_category_id
        proposal.due_on = date.fromisoformat(before.due_on) if before.due_on else None
        take_back_switch(proposal, before.clock_id)
        owner_id = before.pending_owner_id
        is_out = owner_id is not None and is_conflicted(owner_id, proposal)
        proposal.pending_owner_id = None if is_out else owner_id
    db.session.flush()
    record(
        "proposal.take_back",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        from_state=left,
        to_state=proposal.state_name,
        changes=dict(changes),
    )
    tell_moved(proposal, actor, left)
    tell_clock_goes_on(proposal, actor)


def absorb(
    proposal: Proposal, target: Proposal, verb: str, *, actor: User, reason: str
) -> CaseStanding:
    """Let a case go into another one (統合): its clock stops, no trigger moves it any more.

    No arrow of the table: two cases are judged together from now on. Returns what `restore` needs.
    Whoever calls this has ended assignments and opinions.
    """
    kept = standing_of(proposal)
    left = proposal.state_name
    with db.session.no_autoflush:
        _enter(proposal, State.MERGED, None)
        proposal.merged_into_id = target.id
        stop_clock(proposal)
    _record_lineage(proposal, verb, target, actor=actor, reason=reason, left=left)
    lapse_amendment(proposal, actor)
    return kept


def begin_part(part: Proposal, original: Proposal, *, actor: User, reason: str) -> None:
    """Let a part of a split case begin its life, accepted and waiting for a reviewer (分割)."""
    part.state_since = clock.now()
    db.session.add(part)
    with db.session.no_autoflush:
        _enter(part, State.ACCEPTED, None)
    db.session.flush()
    switch_clock(part, Action.ACCEPT)
    _record_lineage(part, "proposal.split_off", original, actor=actor, reason=reason, left=None)


def restore(
    proposal: Proposal, before: CaseStanding, verb: str, *, actor: User, reason: str
) -> None:
    """Give a case that went into another one its own life back (統合の取消し).

    It stands where it stood; its term has the office days left that it had (domain section 7).
    """
    left = proposal.state_name
    target = db.session.get_one(Proposal, proposal.merged_into_id)
    with db.session.no_autoflush:
        category = db.session.get(Category, before.category_id) if before.category_id else None
        _enter(proposal, State(before.state), category)
        proposal.merged_into_id = None
        proposal.state_since = datetime.fromisoformat(before.state_since)
        continue_clock(proposal, before.clock_id)
    _record_lineage(proposal, verb, target, actor=actor, reason=reason, left=left)


def _record_lineage(
    proposal: Proposal, verb: str, target: Proposal, *, actor: User, reason: str, left: str | None
) -> None:
    db.session.flush()
    due = {"due_on": proposal.due_on.isoformat()} if proposal.due_on else {}
    record(
        verb,
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        from_state=left,
        to_state=proposal.state_name,
        reason=reason,
        changes={"other_case": target.reference, **due},
    )
    tell_moved(proposal, actor, left)
    tell_clock_goes_on(proposal, actor)


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
