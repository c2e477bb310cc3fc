"""Who may read, write, submit, comment and approve a plan (方針の権限)."""

from app.accounts.models import Role, User
from app.candidates.models import Candidate
from app.candidates.queries import is_in_charge as is_of_ministry_in_charge
from app.core.errors import IllegalTransition, NotAllowed
from app.plans.models import Plan, PlanStatus, PlanVersion
from app.workflow.candidates import CandidateKind, CandidateState

MINISTRY_ROLES = (Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR)
DESK_ROLES = (Role.OFFICER, Role.LEAD)
# A candidate that is given up, or goes another way, gets no plan.
_ENDED = (CandidateState.DROPPED, CandidateState.OTHER_MEANS)

NOT_IN_CHARGE = (
    "方針を書けるのは、この候補の担当府省庁の担当者と取りまとめ担当だけです。"
    "直してほしいところは、提出された版に意見を書いてください。"
)
ONLY_COORDINATOR = "方針を提出できるのは、担当府省庁の取りまとめ担当だけです。"
NOT_A_STARTER = "方針の作成を始められるのは、担当府省庁と事務局だけです。"
ONLY_COMMENTERS = "意見を書けるのは、地方三団体などの閲覧者と事務局だけです。"
ONLY_ANSWERERS = "意見に回答できるのは、担当府省庁と事務局だけです。"
ONLY_LEAD = "方針を承認し、または差し戻せるのは、事務局の総括だけです。"
TWO_PEOPLE = "この版を書いた人や提出した人は、承認も差戻しもできません。別の総括に頼んでください。"
NOT_A_CANDIDATE = (
    "方針を作るのは対象候補だけです。「検討」の行と、見送り・他の方法となった候補には作れません。"
)
NOT_DRAFT = (
    "この方針は提出されているため、書き直せません。"
    "差し戻されるか、新しい版の作成を始めると書けます。"
)
NOT_SUBMITTED = "この方針は、承認を待つ版がありません。画面を開き直して状況を確かめてください。"
NOT_APPROVED = "新しい版の作成を始められるのは、承認された方針だけです。"


def is_in_charge(actor: User, candidate: Candidate) -> bool:
    """Whether the actor writes for a ministry in charge (担当府省庁の人)."""
    return actor.has_role(*MINISTRY_ROLES) and is_of_ministry_in_charge(actor, candidate)


def can_read_working_text(actor: User) -> bool:
    """Whether the actor reads what is not submitted yet (作成中の閲覧): not the associations."""
    return actor.has_role(*MINISTRY_ROLES, *DESK_ROLES, Role.AUDITOR, Role.ADMIN)


def can_start(actor: User, candidate: Candidate) -> bool:
    """Whether the actor may begin the plan (作成の開始)."""
    return may_have_plan(candidate) and _may_start(actor, candidate)


def may_have_plan(candidate: Candidate) -> bool:
    """Whether a plan is made for it (方針の対象): a candidate that is not given up."""
    stands = candidate.cancelled_at is None and candidate.state not in _ENDED
    return candidate.kind is CandidateKind.CANDIDATE and stands


def _may_start(actor: User, candidate: Candidate) -> bool:
    return actor.has_role(*DESK_ROLES) or is_in_charge(actor, candidate)


def can_write(actor: User, plan: Plan) -> bool:
    """Whether the actor may write now (記入)."""
    return plan.status is PlanStatus.DRAFT and is_in_charge(actor, plan.candidate)


def can_submit(actor: User, plan: Plan) -> bool:
    """Whether the actor may submit now (提出)."""
    return can_write(actor, plan) and actor.has_role(Role.MINISTRY_COORDINATOR)


def can_decide(actor: User, plan: Plan, version: PlanVersion) -> bool:
    """Whether the actor may approve or return this version now (承認・差戻し)."""
    return (
        plan.status is PlanStatus.SUBMITTED
        and version.decision is None
        and actor.has_role(Role.LEAD)
        and not wrote(actor, version)
    )


def can_revise(actor: User, plan: Plan) -> bool:
    """Whether the actor may begin a new version of an approved plan (改定)."""
    return (
        plan.status is PlanStatus.APPROVED
        and actor.has_role(Role.MINISTRY_COORDINATOR)
        and is_in_charge(actor, plan.candidate)
    )


def can_comment(actor: User) -> bool:
    """Whether the actor may say something to a submitted version (意見)."""
    return actor.has_role(Role.OBSERVER, *DESK_ROLES)


def can_answer(actor: User, candidate: Candidate) -> bool:
    """Whether the actor may answer a comment (意見への回答)."""
    return actor.has_role(*DESK_ROLES) or is_in_charge(actor, candidate)


def authorize_start(actor: User, candidate: Candidate) -> None:
    """Refuse whoever may not, and a line that gets none. Raises NotAllowed, IllegalTransition."""
    if not _may_start(actor, candidate):
        raise NotAllowed(NOT_A_STARTER)
    if not may_have_plan(candidate):
        raise IllegalTransition(NOT_A_CANDIDATE)


def authorize_write(actor: User, plan: Plan) -> None:
    """Refuse whoever may not, and a plan that is not open. Raises NotAllowed, IllegalTransition."""
    if not is_in_charge(actor, plan.candidate):
        raise NotAllowed(NOT_IN_CHARGE)
    if plan.status is not PlanStatus.DRAFT:
        raise IllegalTransition(NOT_DRAFT)


def authorize_submit(actor: User, plan: Plan) -> None:
    """Refuse whoever may not submit. Raises NotAllowed, IllegalTransition."""
    authorize_write(actor, plan)
    if not actor.has_role(Role.MINISTRY_COORDINATOR):
        raise NotAllowed(ONLY_COORDINATOR)


def authorize_decide(actor: User, plan: Plan, version: PlanVersion) -> None:
    """Refuse whoever may not decide. Raises NotAllowed, IllegalTransition."""
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(ONLY_LEAD)
    if plan.status is not PlanStatus.SUBMITTED or version.decision is not None:
        raise IllegalTransition(NOT_SUBMITTED)
    if wrote(actor, version):
        raise NotAllowed(TWO_PEOPLE)


def authorize_revise(actor: User, plan: Plan) -> None:
    """Refuse whoever may not begin a new version. Raises NotAllowed, IllegalTransition."""
    if not is_in_charge(actor, plan.candidate) or not actor.has_role(Role.MINISTRY_COORDINATOR):
        raise NotAllowed(ONLY_COORDINATOR)
    if plan.status is not PlanStatus.APPROVED:
        raise IllegalTransition(NOT_APPROVED)


def authorize_comment(actor: User) -> None:
    """Refuse whoever may not comment. Raises NotAllowed."""
    if not can_comment(actor):
        raise NotAllowed(ONLY_COMMENTERS)


def authorize_answer(actor: User, candidate: Candidate) -> None:
    """Refuse whoever may not answer. Raises NotAllowed."""
    if not can_answer(actor, candidate):
        raise NotAllowed(ONLY_ANSWERERS)


def wrote(actor: User, version: PlanVersion) -> bool:
    """Whether the actor had a part in a version (版を書いた人・提出した人)."""
    return actor.id in {version.submitted_by_id, *version.writer_ids}
