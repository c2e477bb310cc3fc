"""News of a plan by mail (方針の知らせ): that something happened, never what is written in it."""

from collections.abc import Iterable

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import is_active_today, users_with_role
from app.audit.services import Subject
from app.extensions import db
from app.handoffs.recipients import coordinators_of
from app.plans.models import Plan, PlanComment, PlanVersion
from app.plans.policy import wrote
from app.rounds.letters import write_in_round
from app.workflow.candidates import MinistryPart


def tell_leads(version: PlanVersion) -> None:
    """Ask the leads to decide on a version (承認の依頼): those who had no part in writing it."""
    leads = db.session.scalars(users_with_role(Role.LEAD))
    people = [user for user in leads if not wrote(user, version)]
    _tell("plan_submitted", version, people, key="submitted", path=_version_path(version))


def tell_writers(version: PlanVersion) -> None:
    """Tell who wrote and submitted a version what was decided on it (決定の知らせ)."""
    wanted = {version.submitted_by_id, *version.writer_ids}
    writers = select(User).where(User.id.in_(wanted), is_active_today()).order_by(User.id)
    _tell(
        "plan_decided",
        version,
        db.session.scalars(writers),
        key="decided",
        path=_version_path(version),
    )


def tell_ministry(comment: PlanComment) -> None:
    """Tell the ministries in charge of a comment that waits for an answer (意見の知らせ)."""
    version = comment.plan_version
    leads = [
        row.organization
        for row in version.plan.candidate.ministries
        if row.part is MinistryPart.LEAD and row.organization is not None
    ]
    people = {user.id: user for ministry in leads for user in coordinators_of(ministry)}
    _tell(
        "plan_commented",
        version,
        people.values(),
        key=f"comment:{comment.id}",
        path=f"/candidates/{version.plan.candidate_id}/plan/comments",
    )


def _tell(
    letter: str, version: PlanVersion, people: Iterable[User], *, key: str, path: str
) -> None:
    plan: Plan = version.plan
    round_ = plan.candidate.round
    write_in_round(
        round_,
        letter,
        people,
        key=f"plan:{plan.id}:{version.number}:{key}",
        path=path,
        about=Subject(type="plan", id=plan.id),
        candidate=f"{round_.label}の対象候補{plan.candidate.printed_mark}",
        plan_version=f"第{version.number}版",
    )


def _version_path(version: PlanVersion) -> str:
    return f"/candidates/{version.plan.candidate_id}/plan/versions/{version.number}"
