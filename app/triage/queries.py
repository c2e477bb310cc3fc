"""Finding assignments and opinions (担当割当・仕分け意見の検索)."""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.core.errors import IllegalTransition
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.late_queries import late_submissions_for
from app.proposals.models import ConflictOfInterest, LateSubmission, Proposal
from app.proposals.sharing.partners import accepted_partners_of
from app.rounds.models import Round
from app.triage.models import (
    Assessment,
    AssessmentDecision,
    AssessmentStatus,
    Assignment,
    FormCheckMark,
)

# After this many disputes on one case the lead decides (異議2回で総括決裁).
DISPUTES_BEFORE_LEAD = 2

# What an opinion rests on, which only the pages of the triage tell.
_UNREAD = (
    lazyload(Assessment.guide_version),
    lazyload(Assessment.rubric_version),
    lazyload(Assessment.ratings),
    lazyload(Assessment.evidence),
)

NO_OPEN_ASSESSMENT = (
    "確認を待つ仕分け意見が、開いたときと変わっています。画面を開き直して確かめてください。"
)


@once_a_page
def current_assignments(proposal: Proposal) -> list[Assignment]:
    """Assignments in force on a case, oldest first (現在の担当)."""
    return list(db.session.scalars(_assigned_now(), {"case_id": proposal.id}))


# Of queries that every page of a case asks the words are made once; they are asked anew each time.
@cache
def _assigned_now() -> Select[Assignment]:
    return (
        select(Assignment)
        .where(Assignment.proposal_id == bindparam("case_id"), Assignment.ended_at.is_(None))
        .order_by(Assignment.id)
    )


def reviewer_names(proposals: Sequence[Proposal]) -> dict[int, list[str]]:
    """Names of the reviewers in force of each case, by proposal id, in one query (担当)."""
    found: dict[int, list[str]] = {proposal.id: [] for proposal in proposals}
    if not found:
        return {}
    rows = db.session.execute(
        select(Assignment.proposal_id, User.display_name)
        # Few reviewers: SQLite would rather read all that is in force, reviewer by reviewer.
        .with_hint(Assignment, "INDEXED BY uq_assignment_current", "sqlite")
        .join(Assignment.reviewer)
        .where(Assignment.proposal_id.in_(found), Assignment.ended_at.is_(None))
        .order_by(Assignment.id)
    )
    for proposal_id, name in rows:
        found[proposal_id].append(name)
    return found


def owner_names(proposals: Sequence[Proposal]) -> dict[int, str]:
    """Name of the owner of each pending case, by proposal id, in one query (持ち主)."""
    owners = {row.id: row.pending_owner_id for row in proposals if row.pending_owner_id}
    if not owners:
        return {}
    rows = db.session.execute(
        select(User.id, User.display_name).where(User.id.in_(set(owners.values())))
    )
    names = {row[0]: row[1] for row in rows}
    return {case_id: names[owner_id] for case_id, owner_id in owners.items() if owner_id in names}


def is_assigned(user: User, proposal: Proposal) -> bool:
    """Whether the user is a reviewer of the case now (担当)."""
    return any(row.reviewer_id == user.id for row in current_assignments(proposal))


@once_a_page
def open_assessment(proposal: Proposal) -> Assessment | None:
    """Return the opinion that waits for the second person (確認待ちの意見), None when none does."""
    return db.session.scalars(_waiting_opinion(), {"case_id": proposal.id}).one_or_none()


@cache
def _waiting_opinion() -> Select[Assessment]:
    of_case = Assessment.proposal_id == bindparam("case_id")
    is_open = Assessment.status == AssessmentStatus.OPEN
    return select(Assessment).where(of_case, is_open).options(*_UNREAD)


def get_open_assessment(proposal: Proposal, assessment_id: int) -> Assessment:
    """Return the waiting opinion if it is the one that was looked at. Raises IllegalTransition."""
    found = open_assessment(proposal)
    if found is None or found.id != assessment_id:
        raise IllegalTransition(NO_OPEN_ASSESSMENT)
    return found


@once_a_page
def assessments_of(proposal: Proposal) -> list[Assessment]:
    """Every opinion on a case, oldest first (仕分け意見の履歴), with all that was said."""
    return list(db.session.scalars(_opinions(), {"case_id": proposal.id}))


@once_a_page
def opinions_in_brief(proposal: Proposal) -> list[Assessment]:
    """Every opinion on a case, oldest first: who spoke and decided (意見を述べた人).

    Ratings, evidence and guide are left until somebody reads them.
    """
    return list(db.session.scalars(_opinions_in_brief(), {"case_id": proposal.id}))


@cache
def _opinions_in_brief() -> Select[Assessment]:
    return _opinions().options(*_UNREAD)


@cache
def _opinions() -> Select[Assessment]:
    return (
        select(Assessment)
        .where(Assessment.proposal_id == bindparam("case_id"))
        .options(
            joinedload(Assessment.author).lazyload(User.role_grants),
            joinedload(Assessment.acting_for).lazyload(User.role_grants),
            joinedload(Assessment.decision)
            .joinedload(AssessmentDecision.decided_by)
            .lazyload(User.role_grants),
        )
        .order_by(Assessment.id)
    )


@once_a_page
def disputed_assessments(proposal: Proposal) -> list[Assessment]:
    """Disputed opinions since the last one that settled the case (今回の仕分けの異議).

    One a dispute: of two independent opinions that differ, the first.
    """
    settled = select(func.coalesce(func.max(Assessment.id), 0)).where(
        Assessment.proposal_id == proposal.id,
        Assessment.status.in_([AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED]),
    )
    return list(
        db.session.scalars(
            select(Assessment)
            .where(
                Assessment.proposal_id == proposal.id,
                Assessment.status == AssessmentStatus.DISPUTED,
                Assessment.first_opinion_id.is_(None),
                Assessment.id > settled.scalar_subquery(),
            )
            .order_by(Assessment.id)
        )
    )


def awaits_lead(proposal: Proposal) -> bool:
    """Whether two disputes stand and the lead decides (総括決裁待ち)."""
    return len(disputed_assessments(proposal)) >= DISPUTES_BEFORE_LEAD


def reviewers() -> Select[User]:
    """Everybody who can be given a case (仕分け担当の一覧)."""
    return users_with_role(Role.OFFICER, Role.LEAD)


@once_a_page
def conflicts_with(proposal: Proposal) -> dict[int, ConflictOfInterest]:
    """Conflicts in force today with a case or its bodies, by user id (利益相反のある人).

    One with a case that went into it (統合) holds for it too, as in `has_conflict`.
    """
    absorbed = db.session.scalars(
        select(Proposal)
        .where(Proposal.merged_into_id == proposal.id)
        .options(lazyload(Proposal.round), lazyload(Proposal.organization))
    )
    judged = [proposal, *absorbed]
    partners = [row.organization_id for case in judged for row in accepted_partners_of(case)]
    bodies = [case.organization_id for case in judged]
    rows = db.session.scalars(
        select(ConflictOfInterest)
        .where(
            ConflictOfInterest.in_force(),
            or_(
                ConflictOfInterest.proposal_id.in_([case.id for case in judged]),
                ConflictOfInterest.organization_id.in_([*bodies, *partners]),
            ),
        )
        .order_by(ConflictOfInterest.id)
    )
    return {row.user_id: row for row in rows}


def count_late_submissions(actor: User, round_: Round) -> int:
    """Number of late submissions of a round that wait for this lead (期限後の提出の件数)."""
    waiting = late_submissions_for(actor).where(
        LateSubmission.decision.is_(None), Proposal.round_id == round_.id
    )
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def marks_of(proposal: Proposal, revision_numbers: Collection[int]) -> list[FormCheckMark]:
    """Marks of the form check of some submissions (確認の印), in the order of the lines' keys."""
    return list(
        db.session.scalars(
            select(FormCheckMark)
            .where(
                FormCheckMark.proposal_id == proposal.id,
                FormCheckMark.revision_number.in_(revision_numbers),
            )
            .order_by(FormCheckMark.item)
        )
    )
