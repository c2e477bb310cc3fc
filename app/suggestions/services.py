"""Judging suggestions and keeping what was shown (候補の判断・示した候補の記録)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, NotFound
from app.extensions import db
from app.proposals.models import Proposal
from app.suggestions.engine import ENGINE_VERSION, Suggestion, suggest
from app.suggestions.models import ShownSuggestion, SuggestionVerdict, Verdict
from app.suggestions.policy import authorize_judging
from app.suggestions.queries import rejection_by, rejections_of
from app.workflow.states import State

JUDGED_IN = (State.IN_REVIEW, State.IN_CONFIRMATION)
NOT_IN_REVIEW = "候補を判断できるのは、仕分け中か確認待ちの提案だけです。"
NOT_SUGGESTED = "この行はもう候補にありません。画面を開き直して、いまの候補を確かめてください。"
NOT_REJECTED = "「当たらない」は、すでに取り消されています。画面を開き直して確かめてください。"


@dataclass(frozen=True, kw_only=True)
class RejectSuggestion:
    """The row does not meet the proposal (当たらない); the reason may be left out."""

    register_entry_id: int
    reason: str = ""


def reject_suggestion(proposal: Proposal, command: RejectSuggestion, *, actor: User) -> None:
    """Keep that a suggested row does not meet the case (当たらない); said twice, it is kept once.

    Raises NotAllowed, IllegalTransition, NotFound for a row that is not suggested.
    """
    authorize_judging(actor, proposal)
    _lock(proposal)
    _check_state(proposal)
    entry_id = command.register_entry_id
    found = next((row for row in suggest(proposal) if row.entry.id == entry_id), None)
    if found is None:
        raise NotFound(NOT_SUGGESTED)
    if rejection_by(proposal, entry_id, actor) is not None:
        return
    db.session.add(_verdict(proposal, found, Verdict.REJECTED, actor, reason=command.reason))
    db.session.flush()
    _record("proposal.reject_suggestion", proposal, entry_id, actor)


def restore_suggestion(proposal: Proposal, register_entry_id: int, *, actor: User) -> None:
    """Take back one's own 「当たらない」; it stays kept with the instant.

    Raises NotAllowed, IllegalTransition, NotFound where there is none in force.
    """
    authorize_judging(actor, proposal)
    _lock(proposal)
    _check_state(proposal)
    verdict = rejection_by(proposal, register_entry_id, actor)
    if verdict is None:
        raise NotFound(NOT_REJECTED)
    verdict.taken_back_at = clock.now()
    db.session.flush()
    _record("proposal.restore_suggestion", proposal, register_entry_id, actor)


def record_shown(
    proposal: Proposal,
    assessment_id: int,
    suggested: Sequence[Suggestion],
    taken: Collection[int],
    *,
    actor: User,
) -> None:
    """Keep with an opinion what was suggested, and which rows it took (示した候補・採った候補).

    `suggested` is what the page showed, best first; `taken` are the ids of the register rows cited.
    Part of registering the opinion, in its transaction; the entry in the trail is that of the
    opinion.
    """
    rejected = rejections_of(proposal, actor)
    for position, found in enumerate(suggested, start=1):
        verdict = None
        if found.entry.id in taken:
            verdict = Verdict.ACCEPTED
            db.session.add(_verdict(proposal, found, Verdict.ACCEPTED, actor))
        elif found.entry.id in rejected:
            verdict = Verdict.REJECTED
        db.session.add(_shown(assessment_id, position, found, verdict))
    db.session.flush()


def _shown(
    assessment_id: int, position: int, found: Suggestion, verdict: Verdict | None
) -> ShownSuggestion:
    return ShownSuggestion(
        assessment_id=assessment_id,
        position=position,
        register_entry_id=found.entry.id,
        category_key=found.category_key,
        rule=found.rule,
        field=found.span.field,
        span_start=found.span.start,
        span_end=found.span.end,
        score=found.score,
        engine_version=ENGINE_VERSION,
        shown_at=clock.now(),
        verdict=verdict,
    )


def _verdict(
    proposal: Proposal, found: Suggestion, verdict: Verdict, actor: User, *, reason: str = ""
) -> SuggestionVerdict:
    return SuggestionVerdict(
        proposal_id=proposal.id,
        register_entry_id=found.entry.id,
        category_key=found.category_key,
        rule=found.rule,
        field=found.span.field,
        span_start=found.span.start,
        span_end=found.span.end,
        quote=found.span.text,
        score=found.score,
        verdict=verdict,
        reason=reason,
        engine_version=ENGINE_VERSION,
        decided_by_id=actor.id,
        decided_at=clock.now(),
    )


def _check_state(proposal: Proposal) -> None:
    if proposal.state not in JUDGED_IN:
        raise IllegalTransition(NOT_IN_REVIEW)


def _lock(proposal: Proposal) -> None:
    # Twice at once: the second waits for the first, and then finds its word.
    db.session.scalar(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())


def _record(verb: str, proposal: Proposal, entry_id: int, actor: User) -> None:
    record(
        verb,
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={"register_entry_id": entry_id},
    )
