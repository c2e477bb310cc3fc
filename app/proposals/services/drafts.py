"""Writing a proposal (下書き・編集)."""

from dataclasses import asdict, dataclass
from typing import Any

from app.accounts.models import Organization, OrganizationKind, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.extensions import db
from app.proposals.content import apply_content
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.proposals.policy import EDIT_REFUSED, authorize_edit, can_draft
from app.proposals.queries import late_submissions_of, waiting_late_submission
from app.rounds.models import Round
from app.workflow.states import State

EDITABLE_STATES = (State.DRAFT, State.RETURNED)
NOT_EDITABLE = "提出した提案は編集できません。直す必要があるときは事務局に連絡してください。"
NOT_OPENED = "この募集回はまだ始まっていません。開始してから入力してください。"
NOT_DISCARDABLE = "提出した提案は削除できません。取りやめるときは、管理者が取り下げてください。"
LATE_KEPT = "期限後の提出を申し出た下書きは、申出の記録とともに残すため削除できません。"
LATE_WAITING = "期限後の提出を申し出ているため、可否が決まるまで編集できません。"


@dataclass(frozen=True, kw_only=True)
class ProposalContent:
    """What the proposal form sends (提案の入力内容). Texts are kept as typed."""

    title: str = ""
    detail: str = ""
    requested_measure: str = ""
    hardship_case: str = ""
    effect: str = ""
    legal_basis: str = ""
    ministry_id: int | None = None
    is_viewpoint_new_issue: bool = False
    is_viewpoint_reform_burden: bool = False
    is_viewpoint_timely_data: bool = False
    adoption_status: str = ""
    bunken_control_number: str = ""
    contact_department: str = ""
    contact_email: str = ""


def start_draft(
    round_: Round, content: ProposalContent, *, actor: User, is_sample: bool = False
) -> Proposal:
    """Start a draft of the actor's body (下書きの作成), complete or not.

    Raises NotAllowed for anybody else and before the round opens.
    """
    if not can_draft(actor):
        raise NotAllowed(EDIT_REFUSED)
    if not round_.has_opened():
        raise NotAllowed(NOT_OPENED)
    check_content(content)
    now = clock.now()
    proposal = Proposal(
        round=round_,
        organization_id=actor.organization_id,
        state=State.DRAFT,
        state_since=now,
        created_at=now,
        created_by_id=actor.id,
        is_sample=is_sample,
        **empty_content(),
    )
    apply_content(proposal, asdict(content))
    db.session.add(proposal)
    db.session.flush()
    _record(proposal, "proposal.draft", actor, {})
    return proposal


def edit_proposal(
    proposal: Proposal, content: ProposalContent, *, version: int, actor: User
) -> list[str]:
    """Change the text of a draft or a returned proposal; return the names of changed fields.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_edit(actor, proposal)
    check_version(proposal, version)
    check_editable(proposal)
    check_content(content)
    changed = apply_content(proposal, asdict(content))
    if changed:
        db.session.flush()
        _record(proposal, "proposal.edit", actor, {"fields": changed})
    return changed


def check_editable(proposal: Proposal) -> None:
    """Refuse to change what was submitted or waits for a lead. Raises IllegalTransition."""
    if proposal.state not in EDITABLE_STATES:
        raise IllegalTransition(NOT_EDITABLE)
    if waiting_late_submission(proposal) is not None:
        raise IllegalTransition(LATE_WAITING)


def discard_draft(proposal: Proposal, *, version: int, actor: User) -> None:
    """Delete a draft that was never submitted (下書きの削除); its trail stays.

    Raises NotAllowed, StaleVersion, and IllegalTransition for what has a receipt number or a late
    submission, waiting or decided.
    """
    authorize_edit(actor, proposal)
    check_version(proposal, version)
    check_discardable(proposal)
    _record(proposal, "proposal.discard", actor, {"round": proposal.round.key})
    db.session.delete(proposal)
    db.session.flush()


def check_discardable(proposal: Proposal) -> None:
    """Refuse to delete what reached the secretariat in any way. Raises IllegalTransition."""
    if proposal.state is not State.DRAFT or proposal.receipt_number is not None:
        raise IllegalTransition(NOT_DISCARDABLE)
    if late_submissions_of(proposal):
        raise IllegalTransition(LATE_KEPT)


def check_content(content: ProposalContent) -> None:
    """Refuse a ministry that is none (所管府省庁). Raises InvalidInput."""
    if content.ministry_id is None:
        return
    ministry = db.session.get(Organization, content.ministry_id)
    if ministry is None or ministry.kind is not OrganizationKind.MINISTRY:
        raise InvalidInput({"ministry_id": ["所管府省庁を一覧から選んでください"]})


def empty_content() -> dict[str, Any]:
    """Fields of a proposal nothing was typed into yet."""
    return {**asdict(ProposalContent()), "search_key": ""}


def _record(proposal: Proposal, verb: str, actor: User, changes: dict[str, Any]) -> None:
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(verb, subject, actor=actor, changes=changes)
