"""Saying of two cases whether they are duplicates (重複の判定), and taking it back."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import NOT_FOUND
from app.similar.models import PairVerdict, Verdict
from app.similar.policy import authorize_judging
from app.similar.queries import comparable_at_desk, ids_of, verdict_on

NO_VERDICT = 0  # version of a verdict that is not there yet


@dataclass(frozen=True, kw_only=True)
class JudgePair:
    """What an officer says of two cases (重複の判定).

    `version` is that of the verdict the page showed, NO_VERDICT where there was none.
    """

    verdict: str
    note: str
    version: int


def judge_pair(
    proposal: Proposal, other: Proposal, command: JudgePair, *, actor: User
) -> PairVerdict:
    """Keep a verdict on two cases, in place of an earlier one (重複の判定); nothing else changes.

    Raises NotAllowed, NotFound for two that are not compared (a practice round), StaleVersion when
    a colleague judged meanwhile, InvalidInput (a verdict and its reason are required).
    """
    authorize_judging(actor, proposal, other)
    _lock(proposal, other)
    _check_comparable(proposal, other, actor)
    verdict = _checked(command)
    found = _present(proposal, other, command.version)
    if found is None:
        found = PairVerdict(lower_id=_low(proposal, other), higher_id=_high(proposal, other))
        db.session.add(found)
    found.verdict, found.note = verdict, command.note
    found.given_by_id, found.given_at = actor.id, clock.now()
    db.session.flush()
    _record("proposal.judge_pair", proposal, other, actor, verdict, command.note)
    return found


def withdraw_verdict(proposal: Proposal, other: Proposal, *, version: int, actor: User) -> None:
    """Take the verdict on two cases back (判定の取消し); the trail keeps it.

    Raises NotAllowed, NotFound, StaleVersion.
    """
    authorize_judging(actor, proposal, other)
    _lock(proposal, other)
    _check_comparable(proposal, other, actor)
    found = _present(proposal, other, version)
    if found is None:
        raise StaleVersion(STALE_MESSAGE)
    verdict = found.verdict
    db.session.delete(found)
    db.session.flush()
    _record("proposal.withdraw_verdict", proposal, other, actor, verdict, "")


def _lock(proposal: Proposal, other: Proposal) -> None:
    # Two officers at once: the second waits for the first, and then finds its verdict.
    key = _low(proposal, other)
    db.session.scalar(select(Proposal.id).where(Proposal.id == key).with_for_update())


def _check_comparable(proposal: Proposal, other: Proposal, actor: User) -> None:
    known = ids_of(actor, comparable_at_desk(actor, proposal.round), [proposal.id, other.id])
    if known != {proposal.id, other.id} or proposal.id == other.id:
        raise NotFound(NOT_FOUND)


def _checked(command: JudgePair) -> Verdict:
    errors: dict[str, list[str]] = {}
    if command.verdict not in list(Verdict):
        errors["verdict"] = ["「重複ではない」か「重複の疑い」を選んでください"]
    if is_blank(command.note):
        errors["note"] = ["判定の理由を入力してください"]
    if errors:
        raise InvalidInput(errors)
    return Verdict(command.verdict)


def _present(proposal: Proposal, other: Proposal, version: int) -> PairVerdict | None:
    found = verdict_on(proposal.id, other.id)
    if (found.version if found else NO_VERDICT) != version:
        raise StaleVersion(STALE_MESSAGE)
    return found


def _low(proposal: Proposal, other: Proposal) -> int:
    return min(proposal.id, other.id)


def _high(proposal: Proposal, other: Proposal) -> int:
    return max(proposal.id, other.id)


def _record(
    verb: str, proposal: Proposal, other: Proposal, actor: User, verdict: Verdict, note: str
) -> None:
    record(
        verb,
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=note,
        changes={"other_id": other.id, "verdict": verdict.value},
    )
