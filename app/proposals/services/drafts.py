"""Writing a proposal (下書き・編集)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, User
from app.audit.queries import events_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import DomainError, IllegalTransition, InvalidInput, NotAllowed
from app.extensions import db
from app.proposals.content import apply_content, check_choices
from app.proposals.late_queries import late_submissions_of, waiting_late_submission
from app.proposals.lifecycle import check_version
from app.proposals.models import DraftStart, Proposal
from app.proposals.policy import EDIT_REFUSED, authorize_edit, can_draft
from app.proposals.services.partner_notice import tell_of_change, tell_of_discard
from app.proposals.sharing.approvals import waiting_approval
from app.proposals.versions import Page, keep_all_saved, keep_found, keep_saved, own_version
from app.rounds.models import Round
from app.workflow.states import State

FIRST_VERSION = 1
EDITABLE_STATES = (State.DRAFT, State.RETURNED)
SAVING_VERBS = ("proposal.draft", "proposal.edit")
# One stretch of work: within it, the trail names a field that one person changes only once.
EDITING_SESSION = timedelta(minutes=10)
TRAIL_LOOK_BACK = 50  # entries; more fields than that no form has
NOT_EDITABLE = (
    "提出した提案は編集できません。直す必要があるときは、管理者が提案の画面から"
    "変更を申し出てください。"
)
NOT_OPENED = "この募集回はまだ始まっていません。開始してから入力してください。"
NOT_DISCARDABLE = "提出した提案は削除できません。取りやめるときは、管理者が取り下げてください。"
LATE_KEPT = "期限後の提出を申し出た下書きは、申出の記録とともに残すため削除できません。"
LATE_WAITING = "期限後の提出を申し出ているため、可否が決まるまで編集できません。"
APPROVAL_WAITING = (
    "決裁を求めているため編集できません。直すときは、確認の画面で決裁の依頼を取り下げてください。"
)


class AlreadyStarted(DomainError):
    """One showing of the form begins one draft, and it has begun it (作成済みの下書き)."""

    default_message = "この画面の下書きは既に保存されています。下書きを開いて続けてください。"


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
    # To the fields of the round's form that are no column, by name (その他の項目).
    answers: Mapping[str, str] = field(default_factory=dict)

    def by_name(self) -> dict[str, Any]:
        """The fields by name, `answers` among them as a whole (項目の値)."""
        return {**vars(self)}


def start_draft(
    round_: Round,
    content: ProposalContent,
    *,
    actor: User,
    is_sample: bool = False,
    page: Page | None = None,
) -> Proposal:
    """Start a draft of the actor's body (下書きの作成), complete or not; one a page at most.

    Raises NotAllowed for anybody else and before the round opens, InvalidInput, AlreadyStarted.
    """
    if not can_draft(actor):
        raise NotAllowed(EDIT_REFUSED)
    if page is not None and draft_started_with(actor, page.form_key) is not None:
        raise AlreadyStarted
    proposal = _new_draft(round_, content, actor, is_sample=is_sample)
    db.session.add(proposal)
    db.session.flush()
    if page is not None and page.form_key:
        start = DraftStart(user_id=actor.id, form_key=page.form_key, proposal_id=proposal.id)
        db.session.add(start)
    keep_saved(proposal, actor, page)
    _record(proposal, "proposal.draft", actor, {})
    return proposal


def start_drafts(round_: Round, wanted: Sequence[tuple[ProposalContent, User]]) -> list[Proposal]:
    """Start many drafts, each in the name of its actor (下書きの一括作成), in the order given.

    The same as `start_draft` for each, in as many statements as for one. Raises NotAllowed,
    InvalidInput; the caller rolls back.
    """
    named = {content.ministry_id for content, _actor in wanted if content.ministry_id is not None}
    # Held until the end: whoever asks for one of them by its id asks no database.
    _held = db.session.scalars(select(Organization).where(Organization.id.in_(named))).all()
    started = [
        (_new_draft(round_, content, actor, is_sample=False), actor) for content, actor in wanted
    ]
    db.session.add_all(proposal for proposal, _actor in started)
    db.session.flush()
    keep_all_saved(started)
    for proposal, actor in started:
        _record(proposal, "proposal.draft", actor, {})
    return [proposal for proposal, _actor in started]


def _new_draft(
    round_: Round, content: ProposalContent, actor: User, *, is_sample: bool
) -> Proposal:
    if not can_draft(actor):
        raise NotAllowed(EDIT_REFUSED)
    if not round_.has_opened():
        raise NotAllowed(NOT_OPENED)
    check_content(round_, content)
    now = clock.now()
    proposal = Proposal(
        round=round_,
        organization_id=actor.organization_id,
        state=State.DRAFT,
        state_since=now,
        created_at=now,
        created_by_id=actor.id,
        edited_by_id=actor.id,
        is_sample=is_sample,
        **empty_content(),
    )
    apply_content(proposal, content.by_name())
    return proposal


def draft_started_with(actor: User, form_key: str) -> Proposal | None:
    """Return the draft that the actor began from one showing of the form (下書きの始まり)."""
    start = db.session.get(DraftStart, (actor.id, form_key)) if form_key else None
    return None if start is None else db.session.get_one(Proposal, start.proposal_id)


def edit_proposal(
    proposal: Proposal,
    content: ProposalContent,
    *,
    version: int,
    actor: User,
    page: Page | None = None,
) -> list[str]:
    """Change the text of a draft or a returned proposal; return the names of changed fields.

    Every change makes a version; `page` names the screen that saves, if one does. An autosave
    (自動保存) leaves a trace only for fields that the same person has not changed in this
    EDITING_SESSION; a saving by hand always does. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    authorize_edit(actor, proposal)
    check_version(proposal, own_version(proposal, version, actor, page))
    check_editable(proposal)
    check_content(proposal.round, content)
    keep_found(proposal)
    changed = apply_content(proposal, content.by_name())
    if changed:
        proposal.edited_by_id = actor.id
        db.session.flush()
        keep_saved(proposal, actor, page)
        tell_of_change(proposal)
        is_autosave = page is not None and page.is_autosave
        told = _told_in_session(proposal, actor) if is_autosave else set()
        untold = [name for name in changed if name not in told]
        if untold:
            _record(proposal, "proposal.edit", actor, {"fields": untold})
    return changed


def _told_in_session(proposal: Proposal, actor: User) -> set[str]:
    """Fields whose change by the actor stands in the trail, and nobody has acted in between."""
    since = clock.now() - EDITING_SESSION
    told: set[str] = set()
    for event in db.session.scalars(events_of("proposal", proposal.id).limit(TRAIL_LOOK_BACK)):
        is_same_work = event.actor_id == actor.id and event.verb in SAVING_VERBS
        if not is_same_work or event.occurred_at < since:
            break
        told.update(event.changes.get("fields", ()))
    return told


def check_editable(proposal: Proposal) -> None:
    """Refuse to change what was submitted, waits for a lead or for the approval (決裁待ち).

    Raises IllegalTransition.
    """
    if proposal.state not in EDITABLE_STATES:
        raise IllegalTransition(NOT_EDITABLE)
    if waiting_late_submission(proposal) is not None:
        raise IllegalTransition(LATE_WAITING)
    if waiting_approval(proposal) is not None:
        raise IllegalTransition(APPROVAL_WAITING)


def discard_draft(proposal: Proposal, *, version: int, actor: User) -> None:
    """Delete a draft that was never submitted (下書きの削除); its trail stays.

    Raises NotAllowed, StaleVersion, and IllegalTransition for what has a receipt number or a late
    submission, waiting or decided.
    """
    authorize_edit(actor, proposal)
    check_version(proposal, version)
    check_discardable(proposal)
    tell_of_discard(proposal)
    _record(proposal, "proposal.discard", actor, {"round": proposal.round.key})
    db.session.delete(proposal)
    db.session.flush()


def check_discardable(proposal: Proposal) -> None:
    """Refuse to delete what reached the secretariat or waits for the approval (決裁待ち).

    Raises IllegalTransition.
    """
    if proposal.state is not State.DRAFT or proposal.receipt_number is not None:
        raise IllegalTransition(NOT_DISCARDABLE)
    if late_submissions_of(proposal):
        raise IllegalTransition(LATE_KEPT)
    if waiting_approval(proposal) is not None:
        raise IllegalTransition(APPROVAL_WAITING)


def check_content(round_: Round, content: ProposalContent) -> None:
    """Refuse a choice the round's form does not offer (所管府省庁など). Raises InvalidInput."""
    check_choices(round_, content.answers)
    if content.ministry_id is None:
        return
    ministry = db.session.get(Organization, content.ministry_id)
    if ministry is None or ministry.kind is not OrganizationKind.MINISTRY:
        raise InvalidInput({"ministry_id": ["所管府省庁を一覧から選んでください"]})


def empty_content() -> dict[str, Any]:
    """Fields of a proposal nothing was typed into yet."""
    return {**ProposalContent().by_name(), "search_key": ""}


def _record(proposal: Proposal, verb: str, actor: User, changes: dict[str, Any]) -> None:
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(verb, subject, actor=actor, changes=changes)
