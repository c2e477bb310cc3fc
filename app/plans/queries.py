"""Finding plans (共通化推進方針の検索). Every list starts from the candidates one may see."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Role, User
from app.accounts.queries import destinations_of
from app.candidates.models import Candidate, CandidateMinistry
from app.core.errors import NotFound
from app.extensions import db
from app.plans.models import Plan, PlanComment, PlanSection, PlanStatus, PlanVersion
from app.rounds.models import Round
from app.workflow.candidates import MinistryPart

NO_PLAN = "この候補の方針はまだありません。候補の画面から確かめてください。"
NO_VERSION = "この版は見つかりません。版の一覧から選んでください。"
NO_COMMENT = "この意見は見つかりません。版の画面から選んでください。"


def plan_of(candidate: Candidate) -> Plan | None:
    """The plan of a candidate the caller may see (方針), None while there is none."""
    statement = (
        select(Plan)
        .where(Plan.candidate_id == candidate.id)
        .options(selectinload(Plan.sections).joinedload(PlanSection.written_by))
    )
    return db.session.scalars(statement).one_or_none()


def get_plan(candidate: Candidate) -> Plan:
    """As `plan_of`. Raises NotFound when there is none."""
    found = plan_of(candidate)
    if found is None:
        raise NotFound(NO_PLAN)
    return found


def versions_of(plan: Plan) -> list[PlanVersion]:
    """Submitted versions, the newest first (版の一覧)."""
    statement = (
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan.id)
        .options(
            joinedload(PlanVersion.submitted_by),
            joinedload(PlanVersion.decided_by),
            selectinload(PlanVersion.comments).joinedload(PlanComment.written_by),
            selectinload(PlanVersion.comments).joinedload(PlanComment.answered_by),
        )
        .order_by(PlanVersion.number.desc())
    )
    return list(db.session.scalars(statement))


def get_version(plan: Plan, number: int) -> PlanVersion:
    """The version with this number (版). Raises NotFound."""
    statement = select(PlanVersion).where(
        PlanVersion.plan_id == plan.id, PlanVersion.number == number
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NO_VERSION)
    return found


def get_comment(version: PlanVersion, comment_id: int) -> PlanComment:
    """A comment on this version (意見). Raises NotFound."""
    found = db.session.get(PlanComment, comment_id)
    if found is None or found.plan_version_id != version.id:
        raise NotFound(NO_COMMENT)
    return found


def plans_due(user: User) -> list[Plan]:
    """Plans that wait for this person, the earliest date first (対応が要る方針).

    For people of a ministry in charge those being written, for a lead of the secretariat those
    that wait for approval. Practice rounds are not among them.
    """
    statement = (
        select(Plan)
        .join(Plan.candidate)
        .join(Round, Candidate.round_id == Round.id)
        .where(Round.is_practice.is_(False))
        .order_by(Plan.due_on, Plan.id)
    )
    if user.has_role(Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR):
        in_charge = select(CandidateMinistry.candidate_id).where(
            CandidateMinistry.part == MinistryPart.LEAD,
            CandidateMinistry.organization_id.in_(destinations_of(user)),
        )
        statement = statement.where(
            Plan.status == PlanStatus.DRAFT, Plan.candidate_id.in_(in_charge)
        )
    elif user.has_role(Role.LEAD):
        statement = statement.where(Plan.status == PlanStatus.SUBMITTED)
    else:
        return []
    return list(db.session.scalars(statement))
