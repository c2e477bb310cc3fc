"""What every act on a plan does: lock its row, check the version, leave a trace (記録)."""

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.plans.models import Plan

LONGEST_REASON = 1000  # characters
LONGEST_TEXT = 10_000  # characters


def lock_plan(plan: Plan) -> None:
    """Have the acts on one plan follow each other (方針のロック), and judge its present row."""
    db.session.scalars(select(Plan.id).where(Plan.id == plan.id).with_for_update()).one()
    db.session.refresh(plan)


def check_plan_version(plan: Plan, version: int) -> None:
    """Refuse an act on an older plan than the present one (P05). Raises StaleVersion."""
    lock_plan(plan)
    if plan.version != version:
        raise StaleVersion(STALE_MESSAGE)


def keep_trace(
    verb: str,
    plan: Plan,
    actor: User,
    *,
    from_state: str | None = None,
    reason: str = "",
    **changes: object,
) -> None:
    """Write the act into the trail (監査記録): ids, keys and numbers, never a text (P22)."""
    db.session.flush()
    record(
        f"plan.{verb}",
        Subject(type="plan", id=plan.id, version=plan.version),
        actor=actor,
        from_state=from_state,
        to_state=plan.status.value,
        reason=reason,
        changes={"candidate_id": plan.candidate_id, **changes},
    )


def refuse(errors: dict[str, list[str]]) -> None:
    """Raise InvalidInput when there is anything to say (入力の誤り)."""
    if errors:
        raise InvalidInput(errors)


def text_problem(label: str, text: str, limit: int = LONGEST_REASON) -> str:
    """What is wrong with a text that must be there (文の誤り), "" for nothing."""
    if is_blank(text):
        return f"{label}を入力してください"
    over = count_characters(text) - limit
    return (
        f"{label}は{limit:,}文字以内で入力してください（{over:,}文字超えています）"
        if over > 0
        else ""
    )
