"""The view of the body (提案団体の見解): written, filed, or not waited for any longer."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.answers.policy import authorize_examine, authorize_view
from app.answers.queries import VIEW_NOT_ASKED
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.models import BodyView
from app.handoffs.queries import handoffs_of
from app.handoffs.services.ministry_letters import leads, office_of
from app.handoffs.standing import follow_handoffs
from app.proposals.models import Proposal
from app.rounds.letters import write_in_round
from app.transfers.models import TransferKind
from app.transfers.services import receive_by_act

VIEW_LIMIT = 700  # characters, newlines not counted
GONE_ON = "事務局が見解を待たずに進めたため、提出できません。事務局に連絡してください。"
FILED = "見解は提出済みです。画面を開き直してください。"
NOT_OVER = "見解の期限（今日を含む）が過ぎるまでは、見解を待たずに進められません。"


@dataclass(frozen=True, kw_only=True)
class WriteView:
    """The view as it is typed (見解); `has_none` says that the body has none (見解なし)."""

    version: int
    text: str
    has_none: bool = False


@dataclass(frozen=True, kw_only=True)
class GoOn:
    """Going on without the view (見解を待たずに進める); `version` of the view."""

    version: int


def save_view(view: BodyView, command: WriteView, *, actor: User) -> None:
    """Save what is written so far (見解の下書き); only the body reads it.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_view(actor, view.proposal, files=False)
    _check_open(view, command.version)
    _check_length(command.text)
    view.text = "" if command.has_none else command.text
    db.session.flush()
    _record("proposal.save_view", view, actor)


def file_view(view: BodyView, command: WriteView, *, actor: User) -> None:
    """File the view of the body (見解の提出): nothing can be changed after it.

    After its date it is still taken, until the secretariat goes on without it. Raises NotAllowed,
    StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_view(actor, view.proposal, files=True)
    _check_open(view, command.version)
    _check_words(command)
    view.text = command.text
    view.filed_at, view.filed_by_id = clock.now(), actor.id
    _end_wait(view)
    _record("proposal.file_view", view, actor)
    receive_by_act(TransferKind.RELEASE, view.proposal, actor=actor)
    _tell_secretariat(view)


def go_on_without_view(view: BodyView, command: GoOn, *, actor: User) -> None:
    """Stop waiting for a view whose date is over (見解を待たずに進める).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_examine(actor, view.proposal)
    _check_open(view, command.version)
    if view.due_on >= clock.today():
        raise IllegalTransition(NOT_OVER)
    view.lapsed_at = clock.now()
    _end_wait(view)
    _record("proposal.lapse_view", view, actor)


def _check_open(view: BodyView, version: int) -> None:
    # The case first, as a release does: two acts never wait for each other crosswise.
    case = select(Proposal.version).where(Proposal.id == view.proposal_id)
    db.session.execute(case.with_for_update())
    present = db.session.scalar(
        select(BodyView.version).where(BodyView.id == view.id).with_for_update()
    )
    if not view.version == present == version:
        raise StaleVersion(STALE_MESSAGE)
    if view.filed_at is not None:
        raise IllegalTransition(FILED)
    if view.lapsed_at is not None:
        raise IllegalTransition(GONE_ON if view.proposal.view_due_on is None else VIEW_NOT_ASKED)


def _check_words(command: WriteView) -> None:
    is_empty = is_blank(command.text)
    if command.has_none and not is_empty:
        words = "見解を書いたときは「見解なし」の印を外してください"
        raise InvalidInput({"has_none": [words]})
    if is_empty and not command.has_none:
        raise InvalidInput({"text": ["見解を入力するか、「見解なし」に印を付けてください"]})
    _check_length(command.text)


def _check_length(text: str) -> None:
    over = count_characters(text) - VIEW_LIMIT
    if over > 0:
        words = f"見解は{VIEW_LIMIT}文字以内で入力してください（{over}文字超えています）"
        raise InvalidInput({"text": [words]})


def _end_wait(view: BodyView) -> None:
    view.proposal.view_due_on = None
    db.session.flush()
    follow_handoffs(view.proposal)
    db.session.flush()


def _record(verb: str, view: BodyView, actor: User) -> None:
    proposal = view.proposal
    record(
        verb,
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={"view_number": view.number},
    )


def _tell_secretariat(view: BodyView) -> None:
    """Tell the leads and whoever sent the case to the ministries (送付した人)."""
    proposal: Proposal = view.proposal
    people = {row.id: row for row in leads()}
    for handoff in handoffs_of(proposal):
        people |= {row.id: row for row in office_of(handoff)}
    write_in_round(
        proposal.round,
        "view_filed",
        people.values(),
        key=f"view_filed:{proposal.id}:{view.number}",
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )
