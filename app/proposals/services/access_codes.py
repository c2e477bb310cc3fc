"""Access codes for late submissions (期限後提出コード): issued by a lead, used by a body."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from sqlalchemy import func, select

from app.accounts.models import Organization, OrganizationKind, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.proposals.late_queries import waiting_late_submission
from app.proposals.lifecycle import check_version
from app.proposals.models import LateAccessCode, LateDecision, LateSubmission, Proposal
from app.proposals.policy import DECIDE_LATE_REFUSED, authorize, can_decide_late
from app.proposals.services.late import ALREADY_WAITING, STILL_OPEN
from app.proposals.services.readiness import check_ready
from app.proposals.services.submission import hand_in
from app.rounds.models import Round
from app.rounds.queries import closes_at_for
from app.workflow.states import Action, State

# Letters and digits that nobody mistakes for one another on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS = 3
GROUP_LENGTH = 4
MOST_USES = 100

UNKNOWN_CODE = "このコードは使えません。文字の間違いがないか、事務局に確かめてください。"
USED_UP = "このコードで提出できる件数は、すべて使われています。事務局に相談してください。"
EXPIRED = "このコードの有効期限は過ぎています。事務局に相談してください。"
ALREADY_REVOKED = "このコードは既に取り消されています。"
BY_CODE = "期限後提出コードによる提出"


@dataclass(frozen=True, kw_only=True)
class IssueCode:
    """A code for one body (期限後提出コードの発行); `expires_on` is its last day (JST)."""

    organization: Organization | None
    uses_allowed: int
    expires_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class SubmitWithCode:
    """Submission after the end with a code (コードによる期限後の提出)."""

    version: int
    code: str


def issue_code(round_: Round, command: IssueCode, *, actor: User) -> LateAccessCode:
    """Issue a code for a body (期限後提出コードの発行). Raises NotAllowed, InvalidInput."""
    if not can_decide_late(actor):
        raise NotAllowed(DECIDE_LATE_REFUSED)
    _check(command)
    assert command.organization is not None
    code = LateAccessCode(
        round=round_,
        organization=command.organization,
        code=_new_code(),
        uses_allowed=command.uses_allowed,
        expires_on=command.expires_on,
        reason=command.reason,
        issued_by_id=actor.id,
        issued_at=clock.now(),
    )
    db.session.add(code)
    db.session.flush()
    changes = {
        "organization_id": command.organization.id,
        "uses_allowed": command.uses_allowed,
        "expires_on": command.expires_on.isoformat(),
    }
    subject = Subject(type="late_access_code", id=code.id)
    record("late_access_code.issue", subject, actor=actor, reason=command.reason, changes=changes)
    return code


def revoke_code(code: LateAccessCode, *, actor: User) -> None:
    """Make a code useless from now on (取消し). Raises NotAllowed, IllegalTransition."""
    if not can_decide_late(actor):
        raise NotAllowed(DECIDE_LATE_REFUSED)
    db.session.refresh(code, with_for_update=True)
    if code.revoked_at is not None:
        raise IllegalTransition(ALREADY_REVOKED)
    code.revoked_at = clock.now()
    record("late_access_code.revoke", Subject(type="late_access_code", id=code.id), actor=actor)


def submit_with_code(proposal: Proposal, command: SubmitWithCode, *, actor: User) -> None:
    """Submit after the end by a code (コードによる期限後の提出): taken in at once, marked as late.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.SUBMIT, proposal)
    check_version(proposal, command.version)
    round_ = proposal.round
    if proposal.state is not State.DRAFT or waiting_late_submission(proposal) is not None:
        raise IllegalTransition(ALREADY_WAITING)
    if round_.is_open(closes_at_for(round_, proposal.organization_id)):
        raise IllegalTransition(STILL_OPEN)
    check_ready(proposal)
    check_ready(proposal)
    code = _usable_code(proposal, command.code)
    now = clock.now()
    db.session.add(
        LateSubmission(
            proposal_id=proposal.id,
            requested_by_id=actor.id,
            requested_at=now,
            reason=BY_CODE,
            decision=LateDecision.ACCEPTED,
            decided_by_id=code.issued_by_id,
            decided_at=now,
            decision_reason=code.reason,
            access_code_id=code.id,
        )
    )
    proposal.is_late = True
    hand_in(proposal, actor=actor, received_at=now, reason=BY_CODE)


def uses_made(code: LateAccessCode) -> int:
    """Number of proposals that came in by a code (使用した件数)."""
    counted = select(func.count()).select_from(LateSubmission)
    return db.session.scalar(counted.where(LateSubmission.access_code_id == code.id)) or 0


def _check(command: IssueCode) -> None:
    errors: dict[str, list[str]] = {}
    body = command.organization
    if body is None or body.kind is not OrganizationKind.LOCAL_GOVERNMENT:
        errors["organization_code"] = ["団体コードに当たる地方公共団体がありません"]
    if not 1 <= command.uses_allowed <= MOST_USES:
        errors["uses_allowed"] = [f"件数は1から{MOST_USES}までで入力してください"]
    if command.expires_on < clock.today():
        errors["expires_on"] = ["今日以後の日付を入力してください"]
    if is_blank(command.reason):
        errors["reason"] = ["認める理由を入力してください"]
    if errors:
        raise InvalidInput(errors)


def _new_code() -> str:
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP_LENGTH)))


def _grouped(letters: str) -> str:
    return "-".join(wrap(letters, GROUP_LENGTH))


def _usable_code(proposal: Proposal, typed: str) -> LateAccessCode:
    # Another body's code and one that never was answer alike.
    code = db.session.scalars(
        select(LateAccessCode)
        .where(
            LateAccessCode.code == _as_issued(typed),
            LateAccessCode.round_id == proposal.round_id,
            LateAccessCode.organization_id == proposal.organization_id,
            LateAccessCode.revoked_at.is_(None),
        )
        .with_for_update(of=LateAccessCode)
    ).one_or_none()
    if code is None:
        raise InvalidInput({"code": [UNKNOWN_CODE]})
    if code.is_expired:
        raise InvalidInput({"code": [EXPIRED]})
    if uses_made(code) >= code.uses_allowed:
        raise InvalidInput({"code": [USED_UP]})
    return code


def _as_issued(typed: str) -> str:
    """The code however it was typed: small letters, full width, without hyphens."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return _grouped("".join(letter for letter in folded if letter.isalnum()))
