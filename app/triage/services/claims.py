"""Taking a case on the desk (着手), giving it back (戻す), taking it over (引継ぎ).

A claim has force only for 「次の1件」: nobody is given a case that another one has on the desk.
Who may act is decided by the policies, who was first by the version of the case.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from sqlalchemy import Update, bindparam, case, select, update

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.past_session import read_anew
from app.extensions import db
from app.proposals.lifecycle import check_possible, check_version
from app.proposals.models import Proposal
from app.proposals.moves import when_moved
from app.rounds.models import Round
from app.triage.models import CaseClaim, Pile, Release
from app.triage.policy import authorize
from app.triage.worklist.claims import claim_on, free_items, pile_of
from app.triage.worklist.filters import QueueFilters
from app.triage.worklist.items import WorkItem, action_of, opened

NO_SUCH_WORK = (
    "この提案には、いま、この仕事はありません。画面を開き直して、状態を確かめてください。"
)
TAKEN = "{name}が先に着手しました。続けて自分がするときは、「引き継ぐ」を押してください。"
HOLDER_CHANGED = "着手している人が、開いたときと変わっています。画面を開き直して確かめてください。"
NOT_YOURS = "この提案には着手していません。画面を開き直して確かめてください。"


@dataclass(frozen=True, kw_only=True)
class ClaimNext:
    """The next case of a pile (次の1件), narrowed by the filters; the claim holds for `term`."""

    pile: Pile
    term: timedelta
    filters: QueueFilters = field(default_factory=QueueFilters)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One case, chosen by hand (着手); `from_id` is the colleague it is taken over from, if any."""

    version: int
    pile: Pile
    term: timedelta
    from_id: int | None = None


def claim_next(actor: User, round_: Round, command: ClaimNext) -> WorkItem | None:
    """Give the actor the next case nobody has on the desk (次の1件); None when nothing is left.

    Two people never get the same case: each candidate is locked before it is looked at again, and
    one that somebody else has locked is passed over.
    """
    for item in free_items(pile_of(actor, round_, command.pile, command.filters)):
        [work] = opened([item])
        if _is_free_and_locked(work.proposal):
            _begin(work.proposal, command.pile, actor, command.term)
            return work
    return None


def claim(proposal: Proposal, command: Claim, *, actor: User) -> None:
    """Take a case on the desk (着手), or over from a colleague (引継ぎ); one's own is renewed.

    Raises NotAllowed, StaleVersion (somebody else has it, or had it), IllegalTransition.
    """
    action = action_of(command.pile, proposal)
    if action is None:
        raise IllegalTransition(NO_SUCH_WORK)
    authorize(actor, action, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, action)
    held = claim_on(proposal)
    if held is not None and held.user_id == actor.id:
        held.expires_at = clock.now() + command.term
        return
    if held is not None and command.from_id is None:
        raise StaleVersion(TAKEN.format(name=held.user.display_name))
    if held is not None and held.user_id != command.from_id:
        raise StaleVersion(HOLDER_CHANGED)
    _begin(proposal, command.pile, actor, command.term, taken_from=held)


def release(proposal: Proposal, *, actor: User, how: Release = Release.RETURNED) -> None:
    """Give a case back to the pile (戻す): its dates stay as they are. Raises IllegalTransition."""
    held = claim_on(proposal)
    if held is None or held.user_id != actor.id:
        raise IllegalTransition(NOT_YOURS)
    _end(held, how)
    _record(proposal, "proposal.release_claim", actor)


def renew(proposal: Proposal, *, actor: User, term: timedelta) -> None:
    """Let one's own claim hold for another term from now (着手の継続); nothing without a claim."""
    held = claim_on(proposal)
    if held is not None and held.user_id == actor.id:
        held.expires_at = clock.now() + term


@when_moved
def end_claim(proposal: Proposal, actor: User | None, _left: str | None) -> None:
    """End whatever claim there is when the case moves: the step is done (着手の終わり)."""
    actor_id = actor.id if actor is not None else None
    values = {"case_id": proposal.id, "actor_id": actor_id, "now": clock.now()}
    db.session.execute(_ended_claim(), values)
    read_anew(CaseClaim, "released_at", "release")


# Every move of a case asks for it: its words are made once.
@cache
def _ended_claim() -> Update:
    is_own = CaseClaim.user_id == bindparam("actor_id")
    return (
        update(CaseClaim)
        .where(CaseClaim.proposal_id == bindparam("case_id"), CaseClaim.released_at.is_(None))
        .values(
            released_at=bindparam("now"),
            release=case((is_own, Release.DONE), else_=Release.OVERTAKEN),
        )
        .execution_options(synchronize_session=False)
    )


def _is_free_and_locked(proposal: Proposal) -> bool:
    """Whether the case is as it was read, nobody acts on it now, and nobody has claimed it."""
    locked = db.session.scalar(
        select(Proposal.id)
        .where(Proposal.id == proposal.id, Proposal.version == proposal.version)
        .with_for_update(skip_locked=True)
    )
    return locked is not None and claim_on(proposal) is None


def _begin(
    proposal: Proposal,
    pile: Pile,
    actor: User,
    term: timedelta,
    *,
    taken_from: CaseClaim | None = None,
) -> None:
    if taken_from is not None:
        _end(taken_from, Release.TAKEN_OVER)
    _end_expired(proposal)
    now = clock.now()
    db.session.add(
        CaseClaim(
            proposal_id=proposal.id,
            user_id=actor.id,
            pile=pile,
            claimed_at=now,
            expires_at=now + term,
        )
    )
    db.session.flush()
    if taken_from is None:
        _record(proposal, "proposal.claim", actor)
    else:
        _record(proposal, "proposal.take_over_claim", actor, {"from_id": taken_from.user_id})


def _end(held: CaseClaim, how: Release) -> None:
    held.released_at = clock.now()
    held.release = how
    db.session.flush()


def _end_expired(proposal: Proposal) -> None:
    """Close a claim that ran out: one row in force a case (着手の期限切れ)."""
    db.session.execute(
        update(CaseClaim)
        .where(CaseClaim.proposal_id == proposal.id, CaseClaim.released_at.is_(None))
        .values(released_at=CaseClaim.expires_at, release=Release.EXPIRED)
    )


def _record(
    proposal: Proposal, verb: str, actor: User, changes: dict[str, object] | None = None
) -> None:
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(verb, subject, actor=actor, changes=changes or {})
