"""Lists of what is erased (廃棄の一覧): proposed by the job, asked for, approved by another."""

from datetime import date

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.personal_data.models import DisposalItem, DisposalList, ErasurePlan
from app.personal_data.policy import authorize_approve_disposal, authorize_write
from app.personal_data.proof import digest_of_ids
from app.personal_data.queries import cases_to_erase, due_plans, open_items

NOT_PROPOSED = "この一覧は、もう申請されています。"
NOT_REQUESTED = "この一覧は、承認を待っていません。画面を開き直してください。"
LIST_CHANGED = "一覧の提案が、作られたときと違います。システム管理に知らせてください。"
PLAN_CHANGED = "廃棄の計画が変わり、承認を待っています。計画の承認が先です。"


def propose_due(today: date) -> int:
    """Make a list for each plan whose day has come and that has cases for one (一覧の作成)."""
    return sum(_propose(plan) for plan in due_plans(today))


def _propose(plan: ErasurePlan) -> int:
    cases = cases_to_erase(plan)
    if not cases:
        return 0
    disposal = DisposalList(
        plan_id=plan.id,
        proposed_at=clock.now(),
        digest=digest_of_ids(cases),
        reason="",
        items=[DisposalItem(proposal_id=each, counts={}, digest="") for each in cases],
    )
    db.session.add(disposal)
    db.session.flush()
    _record(disposal, "disposal.propose", None)
    return 1


def request_disposal(disposal: DisposalList, reason: str, version: int, *, actor: User) -> None:
    """Ask for the erasure of a list (廃棄の申請).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_write(actor)
    _check_version(disposal, version)
    if disposal.requested_at is not None:
        raise IllegalTransition(NOT_PROPOSED)
    disposal.requested_by_id = actor.id
    disposal.requested_at = clock.now()
    disposal.reason = reason
    db.session.flush()
    _record(disposal, "disposal.request", actor, reason)


def approve_disposal(disposal: DisposalList, version: int, *, actor: User) -> None:
    """Let a list be erased, as the second person (廃棄の承認); the job does it the next night.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_approve_disposal(actor, disposal)
    _check_version(disposal, version)
    if disposal.requested_at is None or disposal.approved_at is not None:
        raise IllegalTransition(NOT_REQUESTED)
    if disposal.plan.approved_at is None:
        raise IllegalTransition(PLAN_CHANGED)
    if digest_of_ids([item.proposal_id for item in disposal.items]) != disposal.digest:
        raise IllegalTransition(LIST_CHANGED)
    disposal.approved_by_id = actor.id
    disposal.approved_at = clock.now()
    db.session.flush()
    _record(disposal, "disposal.approve", actor)


def finish(disposal_id: int) -> None:
    """Close a list of which nothing is left to do (廃棄の終わり)."""
    disposal = db.session.get_one(DisposalList, disposal_id, with_for_update=True)
    if disposal.finished_at is not None or open_items(disposal_id):
        return
    disposal.finished_at = clock.now()
    db.session.flush()
    _record(disposal, "disposal.finish", None)


def note_wiped(disposal_ids: list[int]) -> None:
    """Note that nothing of these lists is left on the disk (跡の消去)."""
    for disposal_id in disposal_ids:
        disposal = db.session.get_one(DisposalList, disposal_id, with_for_update=True)
        disposal.wiped_at = clock.now()
        db.session.flush()
        _record(disposal, "disposal.wipe", None)


def _check_version(disposal: DisposalList, version: int) -> None:
    if disposal.version != version:
        raise StaleVersion(STALE_MESSAGE)


def _record(disposal: DisposalList, verb: str, actor: User | None, reason: str = "") -> None:
    record(
        verb,
        Subject(type="disposal_list", id=disposal.id, version=disposal.version),
        actor=actor,
        reason=reason,
        changes={"cases": len(disposal.items), "digest": disposal.digest},
    )
