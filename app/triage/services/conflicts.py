"""Declaring conflicts of interest, and ending them (利益相反の申告・終了)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, Role, User
from app.accounts.queries import users_with_role
from app.audit.actors import sealed_person
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.core.text import is_blank
from app.extensions import db
from app.proposals.models import ConflictKind, ConflictOfInterest, Proposal
from app.proposals.queries import get_visible, has_conflict
from app.triage.conflict_list import can_see_all, conflicts_seen_by
from app.triage.duties import has_duty
from app.triage.services.release import release_reviewer

NOT_ALLOWED = "利益相反を申告できるのは、事務局の仕分け担当と総括だけです。"
SECONDED_ONLY = "出向を登録できるのは、事務局の総括とシステム管理だけです。"
END_REFUSED = "出向の利益相反を終えられるのは、本人でない総括だけです。"
NOT_FOUND = "この申告は見つかりません。利益相反の一覧から選んでください。"
CONCERNED_ROLES = (Role.OFFICER, Role.LEAD, Role.AUDITOR)


@dataclass(frozen=True, kw_only=True)
class DeclareConflict:
    """One's own conflict with a case or a body (利益相反の申告): one of the two is filled in.

    `body` is a code (団体コード) or a name.
    """

    reason: str
    receipt_number: str = ""
    body: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterSecondment:
    """Somebody seconded from a body (出向の登録)."""

    user_id: int | None
    body: str
    reason: str
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndConflict:
    """Why a conflict holds no longer (利益相反の終了)."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a declaration did (申告の結果): cases the person was taken off."""

    conflict: ConflictOfInterest
    cases_left: int


def declare_conflict(command: DeclareConflict, *, actor: User) -> Declared:
    """Declare one's own conflict of interest (利益相反の申告).

    From now on the person sees neither the cases nor a count with them, and is no reviewer of any.
    Raises NotAllowed, and InvalidInput for no reason, no or two subjects, one that does not exist,
    a day that is past, and what is declared already.
    """
    if not actor.has_role(Role.OFFICER, Role.LEAD):
        raise NotAllowed(NOT_ALLOWED)
    errors = _reason_and_day(command.reason, command.until)
    wants_case, wants_body = not is_blank(command.receipt_number), not is_blank(command.body)
    if wants_case == wants_body:
        errors["receipt_number"] = ["受付番号か提案団体のどちらか一方を入力してください"]
    if errors:
        raise InvalidInput(errors)
    proposal = _named_case(command.receipt_number, actor) if wants_case else None
    body = None if wants_case else _named_body(command.body)
    row = ConflictOfInterest(
        user=actor,
        proposal=proposal,
        organization=body,
        kind=ConflictKind.DECLARED,
        reason=command.reason,
        until=command.until,
    )
    return _enter(row, actor=actor)


def register_secondment(command: RegisterSecondment, *, actor: User) -> Declared:
    """Register that a person is seconded from a body (出向), with all its cases.

    Raises NotAllowed and InvalidInput.
    """
    if not can_see_all(actor):
        raise NotAllowed(SECONDED_ONLY)
    errors = _reason_and_day(command.reason, command.until)
    people = {user.id: user for user in db.session.scalars(users_with_role(*CONCERNED_ROLES))}
    user = people.get(command.user_id or 0)
    if user is None:
        errors["user_id"] = ["出向している人を一覧から選んでください"]
    if is_blank(command.body):
        errors["body"] = ["出向元の団体を入力してください"]
    if errors or user is None:
        raise InvalidInput(errors)
    row = ConflictOfInterest(
        user=user,
        organization=_named_body(command.body),
        kind=ConflictKind.SECONDED,
        reason=command.reason,
        until=command.until,
    )
    return _enter(row, actor=actor)


def get_conflict(actor: User, conflict_id: int) -> ConflictOfInterest:
    """Return a conflict the actor may know of. Raises NotFound."""
    found = next((row for row in conflicts_seen_by(actor) if row.id == conflict_id), None)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def can_end(actor: User, row: ConflictOfInterest) -> bool:
    """Whether the actor may end a conflict (終了): one's own, or as a lead.

    That of a seconded person only another lead ends.
    """
    is_own = row.user_id == actor.id
    if row.kind is ConflictKind.SECONDED:
        return actor.has_role(Role.LEAD) and not is_own
    return is_own or actor.has_role(Role.LEAD)


def check_can_end(actor: User, row: ConflictOfInterest) -> None:
    """Refuse, in words, who may not end a conflict. Raises NotAllowed."""
    if not can_end(actor, row):
        raise NotAllowed(END_REFUSED)


def end_conflict(row: ConflictOfInterest, command: EndConflict, *, actor: User) -> None:
    """End a conflict with a reason (利益相反の終了); it stays in the list as ended.

    Nobody becomes a reviewer again by it. Raises NotAllowed and InvalidInput.
    """
    check_can_end(actor, row)
    db.session.refresh(row, with_for_update={"of": ConflictOfInterest})
    if not row.is_in_force:
        raise InvalidInput({"reason": ["この利益相反は、もう終わっています"]})
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["終える理由を入力してください"]})
    row.ended_at = clock.now()
    row.ended_by_id = actor.id
    row.end_reason = command.reason
    db.session.flush()
    subject = Subject(type="user", id=row.user_id)
    record(
        "conflict.end", subject, actor=actor, reason=command.reason, changes={"conflict_id": row.id}
    )


def _reason_and_day(reason: str, until: date | None) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if is_blank(reason):
        errors["reason"] = ["理由を入力してください"]
    if until is not None and until < clock.today():
        errors["until"] = ["終わりの日は、今日以降の日付にしてください"]
    return errors


def _named_case(receipt_number: str, actor: User) -> Proposal:
    try:
        return get_visible(actor, receipt_number.strip())
    except NotFound as error:
        raise InvalidInput({"receipt_number": [error.message]}) from error


def _named_body(words: str) -> Organization:
    is_named = (Organization.code == words.strip()) | (Organization.name == words.strip())
    found = db.session.scalars(
        select(Organization).where(Organization.kind == OrganizationKind.LOCAL_GOVERNMENT, is_named)
    ).all()
    if len(found) > 1:
        raise InvalidInput(
            {"body": ["同じ名前の団体が複数あります。6桁の団体コードで入力してください"]}
        )
    if not found:
        raise InvalidInput(
            {"body": ["この団体は見つかりません。6桁の団体コードか正式な名前で入力してください"]}
        )
    return found[0]


def _enter(row: ConflictOfInterest, *, actor: User) -> Declared:
    _refuse_double(row)
    concerned = _lock_concerned(row)
    row.declared_at = clock.now()
    row.declared_by_id = actor.id
    db.session.add(row)
    db.session.flush()
    record(
        "conflict.declare",
        Subject(type="user", id=row.user_id),
        actor=actor,
        changes={
            "conflict_id": row.id,
            "kind": row.kind.value,
            "organization_id": row.organization_id,
            "proposal_id": row.proposal_id,
            "until": row.until.isoformat() if row.until else None,
        },
    )
    return Declared(conflict=row, cases_left=_leave_cases(row.user, concerned, actor))


def _refuse_double(row: ConflictOfInterest) -> None:
    if row.organization is None:
        return  # who is in conflict with a case does not find it any more
    same = select(ConflictOfInterest.id).where(
        ConflictOfInterest.user_id == row.user.id,
        ConflictOfInterest.organization_id == row.organization.id,
        ConflictOfInterest.in_force(),
    )
    if db.session.scalars(same).first() is not None:
        raise InvalidInput({"body": ["この団体との利益相反は、すでに登録されています"]})


def _lock_concerned(row: ConflictOfInterest) -> list[int]:
    """Lock the cases that may be concerned, in one order.

    An assignment that is being made at the same time waits, and then finds the conflict.
    """
    in_hand = has_duty(row.user)
    is_subject = (
        Proposal.organization_id == row.organization.id
        if row.organization is not None
        else Proposal.id == (row.proposal.id if row.proposal else 0)
    )
    statement = select(Proposal.id).where(is_subject | in_hand).order_by(Proposal.id)
    return list(db.session.scalars(statement.with_for_update()))


def _leave_cases(user: User, concerned: list[int], actor: User) -> int:
    """Take the person off every case of the conflict; each keeps its own line in the trail."""
    cases = db.session.scalars(
        select(Proposal)
        .where(Proposal.id.in_(concerned), has_duty(user), has_conflict(user.id))
        .order_by(Proposal.id)
    ).all()
    for proposal in cases:
        release_reviewer(proposal, user)
        if proposal.pending_owner_id == user.id:
            proposal.pending_owner_id = None
            # The entry names the version that the act made.
            db.session.flush()
        record(
            "proposal.recuse",
            Subject(type="proposal", id=proposal.id, version=proposal.version),
            actor=actor,
            changes={"reviewer": sealed_person(user)},
        )
    return len(cases)
