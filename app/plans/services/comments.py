"""What is said to a submitted version, and the answers (方針への意見・回答)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.plans.content import content_of
from app.plans.models import PlanComment, PlanVersion
from app.plans.policy import authorize_answer, authorize_comment
from app.plans.services.letters import tell_ministry
from app.plans.services.trace import keep_trace, lock_plan, refuse, text_problem

LONGEST_COMMENT = 2000  # characters
ANSWERED = "この意見にはすでに回答があります。画面を開き直して、回答を確かめてください。"


@dataclass(frozen=True, kw_only=True)
class CommentOnPlan:
    """Say something to a version (意見); `section_key` "" for the whole of it."""

    section_key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AnswerComment:
    """Answer a comment, once (意見への回答)."""

    version: int
    text: str


def comment_on_plan(version: PlanVersion, command: CommentOnPlan, *, actor: User) -> PlanComment:
    """Write down what somebody says to a version (意見の登録). Raises NotAllowed, InvalidInput."""
    authorize_comment(actor)
    errors: dict[str, list[str]] = {}
    known = {"", *(row.key for row in content_of(version).headings if row.part)}
    if command.section_key not in known:
        errors["section_key"] = ["意見の対象を一覧から選んでください"]
    problem = text_problem("意見", command.text, LONGEST_COMMENT)
    if problem:
        errors["text"] = [problem]
    refuse(errors)
    comment = PlanComment(
        plan_version=version,
        section_key=command.section_key,
        text=command.text,
        written_by_id=actor.id,
        written_at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    keep_trace("comment", version.plan, actor, number=version.number, comment_id=comment.id)
    tell_ministry(comment)
    return comment


def answer_comment(comment: PlanComment, command: AnswerComment, *, actor: User) -> None:
    """Answer a comment (意見への回答). Raises NotAllowed, StaleVersion, IllegalTransition."""
    plan = comment.plan_version.plan
    authorize_answer(actor, plan.candidate)
    lock_plan(plan)
    db.session.refresh(comment)
    if comment.answered_at is not None:
        raise IllegalTransition(ANSWERED)
    if comment.version != command.version:
        raise StaleVersion(STALE_MESSAGE)
    problem = text_problem("回答", command.text, LONGEST_COMMENT)
    refuse({"text": [problem]} if problem else {})
    comment.answer = command.text
    comment.answered_by_id = actor.id
    comment.answered_at = clock.now()
    keep_trace("answer", plan, actor, comment_id=comment.id)
