"""The plan of a round (廃棄の計画): written by one person, approved by another."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.personal_data.models import ErasurePlan
from app.personal_data.policy import authorize_approve_plan, authorize_write
from app.personal_data.queries import plan_of
from app.rounds.models import Round

BEFORE_CLOSING = "利用目的の終わりは、募集の締切より後の日にしてください"
APPROVED_ALREADY = "この計画は、もう承認されています。"


@dataclass(frozen=True, kw_only=True)
class WritePlan:
    """A plan as it was written (廃棄の計画). `version` is 0 for the first one of a round."""

    purpose_ends_on: date
    purpose: str
    storage: str
    method: str
    erases_files: bool
    version: int


def write_plan(round_: Round, command: WritePlan, *, actor: User) -> ErasurePlan:
    """Write the plan of a round, or write it anew (計画の作成・変更); it waits for an approval.

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_write(actor)
    plan = plan_of(round_.id)
    if command.version != (plan.version if plan else 0):
        raise StaleVersion(STALE_MESSAGE)
    if command.purpose_ends_on <= clock.to_jst(round_.closes_at).date():
        raise InvalidInput({"purpose_ends_on": [BEFORE_CLOSING]})
    if plan is None:
        plan = ErasurePlan(round_id=round_.id)
        db.session.add(plan)
    plan.purpose_ends_on = command.purpose_ends_on
    plan.purpose = command.purpose
    plan.storage = command.storage
    plan.method = command.method
    plan.erases_files = command.erases_files
    plan.written_by_id = actor.id
    plan.written_at = clock.now()
    plan.approved_by_id = plan.approved_at = None
    db.session.flush()
    _record(plan, "erasure_plan.write", actor)
    return plan


def approve_plan(plan: ErasurePlan, version: int, *, actor: User) -> None:
    """Put a plan in force as the second person (計画の承認).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_approve_plan(actor, plan)
    if plan.version != version:
        raise StaleVersion(STALE_MESSAGE)
    if plan.approved_at is not None:
        raise IllegalTransition(APPROVED_ALREADY)
    plan.approved_by_id = actor.id
    plan.approved_at = clock.now()
    db.session.flush()
    _record(plan, "erasure_plan.approve", actor)


def _record(plan: ErasurePlan, verb: str, actor: User) -> None:
    changes = {
        "round": plan.round_id,
        "purpose_ends_on": plan.purpose_ends_on.isoformat(),
        "erases_files": plan.erases_files,
    }
    subject = Subject(type="erasure_plan", id=plan.id, version=plan.version)
    record(verb, subject, actor=actor, changes=changes)
