"""Finding requests for disclosure (情報公開の検索)."""

from sqlalchemy import ColumnElement, Select, and_, exists, select

from app.accounts.models import User
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.disclosure.models import DisclosureRecord, DisclosureRequest, Redaction
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to

NOT_FOUND = "この開示請求は見つかりません。情報公開の一覧から開いてください。"
RECORD_NOT_FOUND = "この文書は見つかりません。開示請求の画面を開き直してください。"


def requests_visible_to(actor: User) -> Select[DisclosureRequest]:
    """Requests an actor of the secretariat may work with: all of whose cases it may know of."""
    return select(DisclosureRequest).where(~_reaches_hidden(actor))


def _reaches_hidden(actor: User) -> ColumnElement[bool]:
    seen = select(Proposal.id).where(visible_to(actor))
    return exists().where(
        and_(
            DisclosureRecord.request_id == DisclosureRequest.id,
            DisclosureRecord.proposal_id.not_in(seen),
        )
    )


def list_requests(actor: User) -> list[DisclosureRequest]:
    """Requests by due date (開示請求の一覧)."""
    return list(
        db.session.scalars(
            requests_visible_to(actor).order_by(DisclosureRequest.due_on, DisclosureRequest.id)
        )
    )


def get_request(actor: User, disclosure_id: int) -> DisclosureRequest:
    """Return the request with this id. Raises NotFound."""
    found = db.session.scalars(
        requests_visible_to(actor).where(DisclosureRequest.id == disclosure_id)
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("disclosure", found.id)
    return found


def get_record(request: DisclosureRequest, record_id: int) -> DisclosureRecord:
    """Return a record of a request. Raises NotFound."""
    found = next((row for row in request.records if row.id == record_id), None)
    if found is None:
        raise NotFound(RECORD_NOT_FOUND)
    return found


def get_redaction(request: DisclosureRequest, redaction_id: int) -> Redaction:
    """Return a hidden part of a request (不開示部分). Raises NotFound."""
    for record in request.records:
        for redaction in record.redactions:
            if redaction.id == redaction_id:
                return redaction
    raise NotFound(RECORD_NOT_FOUND)


def is_number_taken(number: str) -> bool:
    """Whether a request of this number is there already (請求の番号の重複)."""
    found = select(DisclosureRequest.id).where(DisclosureRequest.number == number)
    return db.session.scalar(found) is not None
