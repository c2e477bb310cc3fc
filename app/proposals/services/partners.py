"""Joint proposals (共同提案): asking partners, their answer, and leaving again."""

from dataclasses import dataclass

from app.accounts.models import Organization, OrganizationKind, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.proposals.content import content_of
from app.proposals.late_queries import waiting_late_submission
from app.proposals.lifecycle import check_version
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.proposals.policy import ANSWER_REFUSED, authorize_edit, can_answer_joint
from app.proposals.services.drafts import EDITABLE_STATES, check_editable
from app.proposals.services.partner_notice import tell_drafting_body, tell_partner
from app.proposals.sharing.partners import partners_of

UNKNOWN_BODY = "共同提案を依頼する団体を、検索の結果から選んでください"
OWN_BODY = "自団体には依頼できません。ほかの団体を選んでください"
ALREADY_NAMED = "この団体は、既に共同提案団体に挙げています"
ALREADY_ANSWERED = "この依頼には、既に答えています。"
ALREADY_GONE = "この団体は、既に共同提案団体から外れています。"
TOO_LATE = "提出された後は、同意を取り消せません。事務局に相談してください。"
LATE_WAITING = "提案団体が期限後の提出を申し出ているため、可否が決まるまで同意を取り消せません。"


@dataclass(frozen=True, kw_only=True)
class AskPartner:
    """Request to a body to propose together (共同提案の依頼)."""

    version: int
    organization_id: int | None


@dataclass(frozen=True, kw_only=True)
class AnswerJoint:
    """A partner's answer (共同提案の回答); `version` is that of the text it read.

    A decline carries its reason.
    """

    version: int
    answer: PartnerAnswer
    reason: str = ""


def ask_partner(proposal: Proposal, command: AskPartner, *, actor: User) -> CoProposer:
    """Ask a body to propose together (共同提案の依頼): from now on it may read the proposal.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_edit(actor, proposal)
    check_version(proposal, command.version)
    check_editable(proposal)
    body = _body_to_ask(proposal, command.organization_id)
    former = next((row for row in partners_of(proposal) if row.organization_id == body.id), None)
    if former is not None:
        if former.answer is not PartnerAnswer.DECLINED:
            raise InvalidInput({"organization_id": [ALREADY_NAMED]})
        # Asked once more after a decline: the first answer stays as a row of its own.
        former.removed_at = clock.now()
        db.session.flush()
    partner = CoProposer(
        proposal_id=proposal.id,
        organization_id=body.id,
        asked_by_id=actor.id,
        asked_at=clock.now(),
        answer=PartnerAnswer.WAITING,
    )
    db.session.add(partner)
    db.session.flush()
    _record(partner, "proposal.ask_partner", actor)
    tell_partner(partner, "joint_asked", key=str(partner.id), path=f"/joint/{partner.id}")
    return partner


def answer_joint(partner: CoProposer, command: AnswerJoint, *, actor: User) -> None:
    """Accept or decline for one's own body (共同提案の回答).

    Raises NotAllowed, StaleVersion when the text is not the one that was read, IllegalTransition,
    InvalidInput for a decline without a reason.
    """
    _authorize_answer(actor, partner)
    check_version(partner.proposal, command.version)
    db.session.refresh(partner, ["answer", "removed_at"])
    if partner.answer is not PartnerAnswer.WAITING or partner.removed_at is not None:
        raise IllegalTransition(ALREADY_ANSWERED)
    is_accepted = command.answer is PartnerAnswer.ACCEPTED
    if not is_accepted and is_blank(command.reason):
        raise InvalidInput({"reason": ["同意しない理由を入力してください"]})
    _answer(partner, command.answer, command.reason, actor)
    partner.accepted_content = content_of(partner.proposal) if is_accepted else None
    db.session.flush()
    verb = "proposal.partner_accepted" if is_accepted else "proposal.partner_declined"
    _record(partner, verb, actor, command.reason)
    tell_drafting_body(partner, "joint_answered", key=str(partner.id))


def withdraw_consent(partner: CoProposer, reason: str, *, version: int, actor: User) -> None:
    """Take the consent back before the submission (同意の取消し), with a reason.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    _authorize_answer(actor, partner)
    check_version(partner.proposal, version)
    db.session.refresh(partner, ["answer", "removed_at"])
    if partner.answer is not PartnerAnswer.ACCEPTED or partner.removed_at is not None:
        raise IllegalTransition(ALREADY_GONE)
    if partner.proposal.state not in EDITABLE_STATES:
        raise IllegalTransition(TOO_LATE)
    if waiting_late_submission(partner.proposal) is not None:
        raise IllegalTransition(LATE_WAITING)
    if is_blank(reason):
        raise InvalidInput({"reason": ["同意を取り消す理由を入力してください"]})
    _answer(partner, PartnerAnswer.DECLINED, reason, actor)
    partner.accepted_content = None
    db.session.flush()
    _record(partner, "proposal.partner_withdrew", actor, reason)
    tell_drafting_body(partner, "joint_answered", key=f"{partner.id}:withdrawn")


def remove_partner(partner: CoProposer, *, version: int, actor: User) -> None:
    """Take a partner off the proposal (共同提案団体から外す): it may read it no longer.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    proposal = partner.proposal
    authorize_edit(actor, proposal)
    check_version(proposal, version)
    check_editable(proposal)
    db.session.refresh(partner, ["removed_at"])
    if partner.removed_at is not None:
        raise IllegalTransition(ALREADY_GONE)
    partner.removed_at = clock.now()
    db.session.flush()
    _record(partner, "proposal.remove_partner", actor)
    if partner.answer is not PartnerAnswer.DECLINED:
        tell_partner(partner, "joint_removed", key=str(partner.id), path="/joint")


def _body_to_ask(proposal: Proposal, organization_id: int | None) -> Organization:
    body = db.session.get(Organization, organization_id) if organization_id else None
    if body is None or body.kind is not OrganizationKind.LOCAL_GOVERNMENT:
        raise InvalidInput({"organization_id": [UNKNOWN_BODY]})
    if body.id == proposal.organization_id:
        raise InvalidInput({"organization_id": [OWN_BODY]})
    return body


def _authorize_answer(actor: User, partner: CoProposer) -> None:
    if not can_answer_joint(actor, partner):
        raise NotAllowed(ANSWER_REFUSED)


def _answer(partner: CoProposer, answer: PartnerAnswer, reason: str, actor: User) -> None:
    partner.answer = answer
    partner.answered_by_id = actor.id
    partner.answered_at = clock.now()
    partner.reason = reason


def _record(partner: CoProposer, verb: str, actor: User, reason: str = "") -> None:
    proposal = partner.proposal
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    changes = {"partner": partner.organization.name}
    record(verb, subject, actor=actor, reason=reason, changes=changes)
