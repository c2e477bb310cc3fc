"""The second person, and handing the bundle out (開示の承認・写しの交付)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.disclosure.bundle import make_bundle
from app.disclosure.models import DisclosureRequest, DisclosureStatus
from app.disclosure.policy import authorize_approve, authorize_prepare
from app.disclosure.services.hiding import check_open
from app.disclosure.services.requests import keep_trace
from app.extensions import db

NOT_ASKED = "この開示請求は承認待ちではありません。画面を開き直して、状態を確かめてください。"
NOT_APPROVED = "開示する文書は、別の総括が承認した後に作れます。"


@dataclass(frozen=True, kw_only=True)
class Decide:
    """A step of a request, of the version that was looked at (操作)."""

    version: int


def ask_approval(request: DisclosureRequest, command: Decide, *, actor: User) -> None:
    """Ask a lead to look at it (承認の依頼). Raises NotAllowed, StaleVersion, IllegalTransition."""
    authorize_prepare(actor)
    check_open(request, command.version)
    request.status = DisclosureStatus.AWAITING_APPROVAL
    request.asked_by_id = actor.id
    request.asked_at = clock.now()
    db.session.flush()
    keep_trace("ask_approval", request, actor)


def send_back(request: DisclosureRequest, command: Decide, *, actor: User) -> None:
    """Open it again for changes (作成中に戻す); what was approved is approved no longer.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_prepare(actor)
    _check_version(request, command.version)
    if request.status is DisclosureStatus.OPEN:
        raise IllegalTransition(NOT_ASKED)
    request.status = DisclosureStatus.OPEN
    request.asked_by_id = request.asked_at = None
    request.approved_by_id = request.approved_at = None
    db.session.flush()
    keep_trace("send_back", request, actor)


def approve(request: DisclosureRequest, command: Decide, *, actor: User) -> None:
    """Approve what is handed out and what is not (開示の承認), as the second person (P29).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_approve(actor, request)
    _check_version(request, command.version)
    if request.status is not DisclosureStatus.AWAITING_APPROVAL:
        raise IllegalTransition(NOT_ASKED)
    request.status = DisclosureStatus.APPROVED
    request.approved_by_id = actor.id
    request.approved_at = clock.now()
    db.session.flush()
    keep_trace("approve", request, actor)


def hand_out(request: DisclosureRequest, *, actor: User) -> bytes:
    """Make the one file of an approved request (開示文書の作成); each time leaves a trace.

    Raises NotAllowed, IllegalTransition.
    """
    authorize_prepare(actor)
    if request.status is not DisclosureStatus.APPROVED:
        raise IllegalTransition(NOT_APPROVED)
    content = make_bundle(request)
    keep_trace("hand_out", request, actor)
    return content


def _check_version(request: DisclosureRequest, version: int) -> None:
    if request.version != version:
        raise StaleVersion(STALE_MESSAGE)
