"""Who gets which proposals in a file (出力の範囲): the same gate as on the screens."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from app.accounts.models import Organization, User
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import BODY_ROLES, is_of_body, proposals_visible_to
from app.reports.policy import authorize_file
from app.rounds.models import Round
from app.workflow.states import State

NOT_A_READER = "提案を出力できるのは、提案団体と事務局の利用者です。"


@dataclass(frozen=True)
class ExportView:
    """Range and depth of an export (出力の範囲).

    `is_inner` shows states, categories and dates as the secretariat sees them, and no drafts;
    `with_contact` adds what stays between body and secretariat (連絡先).
    """

    proposals: Select[Proposal]
    is_inner: bool
    with_contact: bool
    owner: str


def view_of(actor: User, round_: Round, *, with_contact: bool) -> ExportView:
    """What a person may take out (出力の範囲): the own body's all, or what the secretariat sees.

    Raises NotAllowed for anybody else, and to the secretariat for a practice round.
    """
    if reads_as_secretariat(actor):
        authorize_file(round_)
        submitted = proposals_visible_to(actor).where(Proposal.state != State.DRAFT)
        return _view(submitted, round_, owner="全団体", is_inner=True, with_contact=with_contact)
    if not actor.has_role(*BODY_ROLES):
        raise NotAllowed(NOT_A_READER)
    own = proposals_visible_to(actor).where(is_of_body(actor))
    name = actor.organization.name
    return _view(own, round_, owner=name, is_inner=False, with_contact=True)


def view_for_command(round_: Round, body: Organization | None, *, with_contact: bool) -> ExportView:
    """What the command takes out: all that was submitted, or one body's as the body sees it.

    Raises NotAllowed for all of a practice round.
    """
    if body is not None:
        own = select(Proposal).where(Proposal.organization_id == body.id)
        return _view(own, round_, owner=body.name, is_inner=False, with_contact=True)
    authorize_file(round_)
    submitted = select(Proposal).where(Proposal.state != State.DRAFT)
    return _view(submitted, round_, owner="全団体", is_inner=True, with_contact=with_contact)


def _view(
    proposals: Select[Proposal],
    round_: Round,
    *,
    owner: str,
    is_inner: bool,
    with_contact: bool,
) -> ExportView:
    of_round = proposals.where(Proposal.round_id == round_.id).order_by(
        Proposal.receipt_sequence.is_(None), Proposal.receipt_sequence, Proposal.id
    )
    return ExportView(of_round, is_inner, with_contact, owner)
