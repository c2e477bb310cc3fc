"""Amendments after the submission (変更の申出): asked for, taken back, accepted or refused."""

from dataclasses import asdict, dataclass
from typing import Any

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.proposals.content import (
    apply_content,
    changed_fields,
    clear_hidden,
    content_names,
    content_of,
    names_of,
    problems_in,
)
from app.proposals.lapse import AMENDABLE_STATES
from app.proposals.lifecycle import check_version
from app.proposals.models import Amendment, AmendmentDecision, Proposal, ProposalRevision
from app.proposals.policy import (
    AMEND_REFUSED,
    DECIDE_AMENDMENT_REFUSED,
    can_decide_amendment,
    can_request_amendment,
)
from app.proposals.queries import revisions_of
from app.proposals.services.drafts import ProposalContent, check_content
from app.proposals.services.partner_notice import tell_of_change
from app.proposals.sharing.amendments import waiting_amendment
from app.rounds.letters import write_in_round
from app.rounds.models import Round

NOT_AMENDABLE = (
    "今の状態では、変更を申し出られません。申し出られるのは、提出してから分類が決まるまでです。"
    "差し戻された提案は、補正の中で直してください。"
)
ALREADY_WAITING = (
    "変更の申出が既に1件、決定を待っています。先に取り下げるか、決定を待ってください。"
)
ALREADY_DECIDED = "この変更の申出は、既に決定されたか取り下げられています。"
BASE_CHANGED = "申出の後に提案の内容が変わったため、受け入れられません。"
NOTHING_CHANGED = "変わった項目がありません。変える項目を直してください。"
DECISION_WORDS = {
    AmendmentDecision.ACCEPTED: "受け入れる",
    AmendmentDecision.REFUSED: "受け入れない",
}


@dataclass(frozen=True, kw_only=True)
class RequestAmendment:
    """The whole new text with the reason for it (変更の申出)."""

    version: int
    content: ProposalContent
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideAmendment:
    """The office's word on an amendment, with the reason the body reads (申出の決定)."""

    version: int
    decision: AmendmentDecision
    reason: str


def amended_content(proposal: Proposal, content: ProposalContent) -> dict[str, Any]:
    """Content a proposal would have after the amendment (変更後の内容), as a revision keeps it."""
    typed = asdict(content)
    given = {**typed.pop("answers"), **typed}
    return {name: given.get(name, value) for name, value in content_of(proposal).items()}


def check_amendment(proposal: Proposal, command: RequestAmendment) -> None:
    """Refuse an amendment that changes nothing, is incomplete or says no reason.

    Raises InvalidInput.
    """
    check_content(proposal.round, command.content)
    content = amended_content(proposal, command.content)
    errors = problems_in(proposal.round, content)
    if not changed_fields(proposal.round, content_of(proposal), content):
        errors[""] = [NOTHING_CHANGED]
    if is_blank(command.reason):
        errors["amendment_reason"] = ["変更する理由を入力してください"]
    if errors:
        raise InvalidInput(errors)


def check_amendable(proposal: Proposal, actor: User) -> None:
    """Refuse to ask now (変更を申し出られる状態). Raises NotAllowed, IllegalTransition."""
    if not can_request_amendment(actor, proposal):
        raise NotAllowed(AMEND_REFUSED)
    if proposal.state not in AMENDABLE_STATES:
        raise IllegalTransition(NOT_AMENDABLE)
    if waiting_amendment(proposal) is not None:
        raise IllegalTransition(ALREADY_WAITING)


def request_amendment(proposal: Proposal, command: RequestAmendment, *, actor: User) -> Amendment:
    """Ask to change the text of a submitted case (変更の申出); the case itself stays as it is.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_version(proposal, command.version)
    check_amendable(proposal, actor)
    check_amendment(proposal, command)
    amendment = Amendment(
        proposal_id=proposal.id,
        requested_by_id=actor.id,
        requested_at=clock.now(),
        reason=command.reason,
        base_revision=len(revisions_of(proposal)),
        content=amended_content(proposal, command.content),
    )
    db.session.add(amendment)
    db.session.flush()
    fields = _changed_names(proposal.round, content_of(proposal), amendment.content)
    _record(amendment, "proposal.request_amendment", actor, command.reason, fields)
    return amendment


def withdraw_amendment(amendment: Amendment, *, version: int, actor: User) -> None:
    """Take an amendment back (変更の申出の取下げ).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    if not can_request_amendment(actor, amendment.proposal):
        raise NotAllowed(AMEND_REFUSED)
    _lock(amendment, version)
    _decide(amendment, AmendmentDecision.WITHDRAWN, "", actor)
    _record(amendment, "proposal.withdraw_amendment", actor)


def decide_amendment(amendment: Amendment, command: DecideAmendment, *, actor: User) -> None:
    """Accept or refuse an amendment (変更の申出の決定), with a reason for the body.

    Accepted, the text is replaced and kept as one more revision; state and clocks stay. Raises
    NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    if not can_decide_amendment(actor, amendment):
        raise NotAllowed(DECIDE_AMENDMENT_REFUSED)
    _lock(amendment, command.version)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["決定の理由を入力してください"]})
    is_accepted = command.decision is AmendmentDecision.ACCEPTED
    fields = _replace_text(amendment) if is_accepted else []
    _decide(amendment, command.decision, command.reason, actor)
    _record(amendment, f"proposal.amendment_{command.decision}", actor, command.reason, fields)
    _tell_body(amendment)
    if is_accepted:
        tell_of_change(amendment.proposal)


def _lock(amendment: Amendment, version: int) -> None:
    """Lock the case and refuse an amendment that was decided meanwhile."""
    check_version(amendment.proposal, version)
    db.session.refresh(amendment, ["decision"])
    if amendment.decision is not None:
        raise IllegalTransition(ALREADY_DECIDED)


def _replace_text(amendment: Amendment) -> list[str]:
    """Put the new text in the place of the old one; return the names that changed."""
    proposal = amendment.proposal
    revisions = revisions_of(proposal)
    if len(revisions) != amendment.base_revision:
        raise IllegalTransition(BASE_CHANGED)
    before = content_of(proposal)
    apply_content(proposal, amendment.content)
    clear_hidden(proposal)
    proposal.edited_by_id = amendment.requested_by_id
    db.session.flush()
    db.session.add(
        ProposalRevision(
            proposal_id=proposal.id,
            number=len(revisions) + 1,
            submitted_at=amendment.requested_at,
            submitted_by_id=amendment.requested_by_id,
            content=content_of(proposal),
            files=revisions[-1].files,
        )
    )
    db.session.flush()
    return _changed_names(proposal.round, before, content_of(proposal))


def _changed_names(round_: Round, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    changed = {name for row in changed_fields(round_, before, after) for name in names_of(row)}
    return [name for name in content_names(round_) if name in changed]


def _decide(amendment: Amendment, decision: AmendmentDecision, reason: str, actor: User) -> None:
    amendment.decision = decision
    amendment.decided_by_id = actor.id
    amendment.decided_at = clock.now()
    amendment.decision_reason = reason
    db.session.flush()


def _record(
    amendment: Amendment, verb: str, actor: User, reason: str = "", fields: list[str] | None = None
) -> None:
    proposal = amendment.proposal
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    changes: dict[str, Any] = {"amendment_id": amendment.id}
    record(
        verb,
        subject,
        actor=actor,
        reason=reason,
        changes={**changes, "fields": fields} if fields else changes,
    )


def _tell_body(amendment: Amendment) -> None:
    proposal = amendment.proposal
    people = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    write_in_round(
        proposal.round,
        "amendment_decided",
        db.session.scalars(people),
        key=f"amendment_decided:{amendment.id}",
        path=f"/amendments/{amendment.id}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )
