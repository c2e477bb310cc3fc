"""Requests to correct the master data of a body (団体情報の訂正依頼), and their answers."""

from sqlalchemy import func, select

from app.accounts.models import MasterDataDecision, MasterDataRequest, Organization, User
from app.accounts.policy import authorize_administer, authorize_manage
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound
from app.core.text import is_blank
from app.extensions import db

NOT_FOUND = "この訂正依頼は見つかりません。一覧から開いてください。"
DECIDED = "この訂正依頼には、ほかの人が先に答えました。一覧を開き直してください。"
# A body that asks faster than it is answered should call instead.
MOST_WAITING = 10


def request_correction(body: Organization, text: str, *, actor: User) -> MasterDataRequest:
    """Say what is wrong with the name, type or code of a body (訂正依頼).

    Raises NotAllowed, and InvalidInput while ten requests wait.
    """
    authorize_manage(actor, body)
    waiting = [row for row in requests_of(body.id) if row.decision is None]
    if len(waiting) >= MOST_WAITING:
        raise InvalidInput({"text": ["回答を待つ依頼が10件あります。回答を待ってください"]})
    asked = MasterDataRequest(
        organization_id=body.id,
        requested_by_id=actor.id,
        requested_at=clock.now(),
        text=text,
    )
    db.session.add(asked)
    db.session.flush()
    _record("master_data_request.create", asked, actor)
    return asked


def decide(
    asked: MasterDataRequest, decision: MasterDataDecision, answer: str, *, actor: User
) -> None:
    """Answer a request (訂正依頼への回答): done, or declined with the reason.

    Raises NotAllowed, InvalidInput for a refusal without a reason, IllegalTransition when somebody
    answered before.
    """
    authorize_administer(actor)
    if decision is MasterDataDecision.DECLINED and is_blank(answer):
        raise InvalidInput({"answer": ["訂正しない理由を入力してください"]})
    present = db.session.scalar(
        select(MasterDataRequest.id)
        .where(MasterDataRequest.id == asked.id, MasterDataRequest.decision.is_(None))
        .with_for_update()
    )
    if present is None:
        raise IllegalTransition(DECIDED)
    asked.decision, asked.answer = decision, answer
    asked.decided_by_id, asked.decided_at = actor.id, clock.now()
    db.session.flush()
    _record("master_data_request.decide", asked, actor)


def requests_of(organization_id: int) -> list[MasterDataRequest]:
    """Requests of one body, newest first (訂正依頼)."""
    return list(
        db.session.scalars(
            select(MasterDataRequest)
            .where(MasterDataRequest.organization_id == organization_id)
            .order_by(MasterDataRequest.id.desc())
        )
    )


def all_requests() -> list[MasterDataRequest]:
    """Every request: those that wait first, the oldest first; then the answered, newest first."""
    rows = list(db.session.scalars(select(MasterDataRequest).order_by(MasterDataRequest.id)))
    waiting = [row for row in rows if row.decision is None]
    return waiting + [row for row in reversed(rows) if row.decision is not None]


def count_waiting() -> int:
    """Number of requests nobody has answered (未回答の訂正依頼)."""
    statement = (
        select(func.count())
        .select_from(MasterDataRequest)
        .where(MasterDataRequest.decision.is_(None))
    )
    return db.session.scalar(statement) or 0


def get_request(request_id: int) -> MasterDataRequest:
    """Return the request with this id (訂正依頼). Raises NotFound."""
    found = db.session.get(MasterDataRequest, request_id)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def _record(verb: str, asked: MasterDataRequest, actor: User) -> None:
    changes = {
        "organization_id": asked.organization_id,
        "decision": asked.decision and asked.decision.value,
    }
    record(verb, Subject(type="master_data_request", id=asked.id), actor=actor, changes=changes)
