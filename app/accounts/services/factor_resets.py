"""Taking a second factor off who lost it (二要素認証の解除): two people, never one (P29)."""

from sqlalchemy import select

from app.accounts.models import FactorResetDecision, FactorResetRequest, User
from app.accounts.policy import authorize_decide_factor_reset, authorize_manage
from app.accounts.services.second_factor import has_factor, take_off
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound
from app.core.text import is_blank
from app.extensions import db

NOT_FOUND = "この依頼は見つかりません。一覧から開いてください。"
DECIDED = "この依頼には、ほかの人が先に答えました。一覧を開き直してください。"
NO_FACTOR = "この利用者は二要素認証を使っていません。"
ASKED = "この利用者の解除の依頼は、既に出ています。ほかのシステム管理の人の承認を待ってください。"
OWN = "自分の解除は依頼できません。団体の管理者か、ほかのシステム管理の人に頼んでください。"


def ask_reset(user: User, reason: str, *, actor: User) -> FactorResetRequest:
    """Ask that a second factor be taken off (解除の依頼). Raises NotAllowed, InvalidInput."""
    authorize_manage(actor, user.organization)
    if user.id == actor.id:
        raise NotAllowed(OWN)
    if is_blank(reason):
        raise InvalidInput({"reason": ["本人とどう確かめたかを入力してください"]})
    # Two who ask at once: the second one waits here, and sees the first.
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    if not has_factor(user):
        raise InvalidInput({"reason": [NO_FACTOR]})
    if waiting_request(user) is not None:
        raise InvalidInput({"reason": [ASKED]})
    asked = FactorResetRequest(
        user_id=user.id, requested_by_id=actor.id, requested_at=clock.now(), reason=reason
    )
    db.session.add(asked)
    db.session.flush()
    _record("factor_reset.ask", asked, actor)
    return asked


def decide_reset(asked: FactorResetRequest, decision: FactorResetDecision, *, actor: User) -> None:
    """Approve or decline a request (解除の承認). Approved, the factor is off and sessions end.

    The password stays: who lost the device signs in with it and sets up a new device. Raises
    NotAllowed for the one who asked and the person itself, IllegalTransition when decided before.
    """
    authorize_decide_factor_reset(actor, asked.user, asked.requested_by_id)
    present = db.session.scalar(
        select(FactorResetRequest.id)
        .where(FactorResetRequest.id == asked.id, FactorResetRequest.decision.is_(None))
        .with_for_update()
    )
    if present is None:
        raise IllegalTransition(DECIDED)
    asked.decision, asked.decided_by_id, asked.decided_at = decision, actor.id, clock.now()
    db.session.flush()
    if decision is FactorResetDecision.APPROVED:
        take_off(asked.user)
    _record("factor_reset.decide", asked, actor)


def reset_from_console(user: User) -> None:
    """Take a second factor off by command (コマンドによる解除), when nobody is left to approve."""
    take_off(user)
    record("user.reset_second_factor", Subject(type="user", id=user.id), actor=None)


def waiting_request(user: User) -> FactorResetRequest | None:
    """Return the request about a user that nobody has decided (未承認の依頼)."""
    return db.session.scalars(
        select(FactorResetRequest).where(
            FactorResetRequest.user_id == user.id, FactorResetRequest.decision.is_(None)
        )
    ).first()


def all_reset_requests() -> list[FactorResetRequest]:
    """Every request (解除の依頼): those that wait first, the oldest first; then the decided."""
    rows = list(db.session.scalars(select(FactorResetRequest).order_by(FactorResetRequest.id)))
    waiting = [row for row in rows if row.decision is None]
    return waiting + [row for row in reversed(rows) if row.decision is not None]


def get_reset_request(request_id: int) -> FactorResetRequest:
    """Return the request with this id (解除の依頼). Raises NotFound."""
    found = db.session.get(FactorResetRequest, request_id)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def _record(verb: str, asked: FactorResetRequest, actor: User) -> None:
    record(
        verb,
        Subject(type="factor_reset_request", id=asked.id),
        actor=actor,
        changes={
            "user_id": asked.user_id,
            "decision": asked.decision and asked.decision.value,
        },
    )
