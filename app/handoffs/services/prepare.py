"""Preparing a hand-off (送付の準備): nothing is told to anybody before it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from app.accounts.models import Organization, OrganizationKind, User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.files.services import Received
from app.handoffs.lifecycle import check_handoff_version, move_handoff, record_handoff
from app.handoffs.models import Handoff, HandoffFile
from app.handoffs.policy import authorize_hand_off
from app.handoffs.queries import open_handoffs
from app.handoffs.services.sent_files import (
    digests_of,
    file_errors,
    keep_files,
    of_case,
    own_file_errors,
)
from app.handoffs.standing import follow_handoffs
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.workflow.handoffs import (
    HANDOFF_STATE_LABELS,
    HandoffAction,
    HandoffPart,
    HandoffPurpose,
    HandoffState,
)
from app.workflow.states import FollowUp, State

# These classes go to no ministry by themselves (F-2〜F-6): a hand-off of theirs needs a reason.
WITHOUT_HANDOFF = (
    FollowUp.OTHER_PROCESS,
    FollowUp.TRIGGER,
    FollowUp.REVISIT,
    FollowUp.CANDIDATE,
    FollowUp.REFERENCE,
)
NOT_CLASSIFIED = (
    "府省庁へ送付できるのは、分類が確定した提案だけです。仕分けが終わってから準備してください。"
)
ALREADY_SENT = (
    "送付した後は、依頼文や資料を変えられません。直すときは、取り下げて送り直してください。"
)
DISCARDED = "送付前に取りやめ"


@dataclass(frozen=True, kw_only=True)
class Prepare:
    """One hand-off to be prepared (送付の準備); `version` is that of the case.

    `reason` says why a case goes to a ministry although its class needs no hand-off.
    """

    version: int
    destination_id: int
    part: HandoffPart
    purpose: HandoffPurpose
    request_text: str
    attachment_ids: tuple[int, ...] = ()
    reason: str = ""
    files: Sequence[Received] = ()


@dataclass(frozen=True, kw_only=True)
class ChangePrepared:
    """Another text, other files or another purpose before sending (送付前の変更).

    Of the files the secretariat added, those in `kept_files` stay (ids of HandoffFile).
    """

    version: int
    purpose: HandoffPurpose
    request_text: str
    attachment_ids: tuple[int, ...] = ()
    kept_files: tuple[int, ...] = ()
    files: Sequence[Received] = ()


def needs_no_handoff(proposal: Proposal) -> bool:
    """Whether the class of a case goes to no ministry by itself (送付の要らない分類)."""
    return proposal.category is not None and proposal.category.follow_up in WITHOUT_HANDOFF


def prepare_handoff(proposal: Proposal, command: Prepare, *, actor: User) -> Handoff:
    """Prepare a hand-off of a classified case to one destination (送付の準備).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_hand_off(actor, proposal)
    check_version(proposal, command.version)
    if proposal.state is not State.CLASSIFIED:
        raise IllegalTransition(NOT_CLASSIFIED)
    destination = db.session.get(Organization, command.destination_id)
    errors = (
        _errors(proposal, command, destination)
        | file_errors(proposal, command.attachment_ids, actor)
        | own_file_errors(len(command.files))
    )
    if errors or destination is None:
        raise InvalidInput(errors)
    return add_prepared(
        Handoff(
            proposal=proposal,
            destination=destination,
            part=command.part,
            purpose=command.purpose,
            request_text=command.request_text,
            state=HandoffState.PREPARED,
        ),
        [*of_case(command.attachment_ids), *keep_files(command.files, actor)],
        actor=actor,
        reason=command.reason,
    )


def add_prepared(
    handoff: Handoff,
    files: Sequence[HandoffFile],
    *,
    actor: User,
    reason: str = "",
    changes: Mapping[str, int] | None = None,
) -> Handoff:
    """Add a judged hand-off as 送付前 and leave its trace.

    Two people who add the same destination, or two leads, at once: the second gets the words of a
    first look. Raises InvalidInput.
    """
    handoff.prepared_by_id, handoff.prepared_at = actor.id, clock.now()
    handoff.files = list(files)
    words = destination_taken(handoff.destination)
    try:
        with db.session.begin_nested():
            db.session.add(handoff)
    except IntegrityError as error:
        raise InvalidInput({"destination_id": [words]}) from error
    follow_handoffs(handoff.proposal)
    record_handoff(
        handoff,
        "prepare",
        actor=actor,
        reason=reason,
        changes={"purpose": handoff.purpose.value, **digests_of(handoff), **(changes or {})},
    )
    return handoff


def change_prepared(handoff: Handoff, command: ChangePrepared, *, actor: User) -> None:
    """Change what will be asked of a destination (送付前の変更); locked once it is sent.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_hand_off(actor, handoff.proposal)
    check_handoff_version(handoff, command.version)
    if handoff.state is not HandoffState.PREPARED:
        raise IllegalTransition(ALREADY_SENT)
    own = [row for row in handoff.files if row.stored_file_id and row.id in command.kept_files]
    errors = {
        **_text_errors(command.request_text),
        **file_errors(handoff.proposal, command.attachment_ids, actor),
        **own_file_errors(len(own) + len(command.files)),
    }
    if errors:
        raise InvalidInput(errors)
    handoff.purpose, handoff.request_text = command.purpose, command.request_text
    handoff.files = [
        *of_case(command.attachment_ids),
        *own,
        *keep_files(command.files, actor),
    ]
    db.session.flush()
    record_handoff(
        handoff,
        "change_prepared",
        actor=actor,
        changes={"purpose": handoff.purpose.value} | digests_of(handoff),
    )


def discard_prepared(handoff: Handoff, version: int, *, actor: User) -> None:
    """Drop a hand-off that nobody was told of (送付の取りやめ).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_hand_off(actor, handoff.proposal)
    check_handoff_version(handoff, version)
    if handoff.state is not HandoffState.PREPARED:
        raise IllegalTransition(ALREADY_SENT)
    move_handoff(handoff, HandoffAction.RECALL, actor=actor, reason=DISCARDED)


def destination_problem(destination: Organization | None) -> str:
    """Why nothing can be sent there (送付先の誤り), "" for a destination that exists today."""
    if destination is None or destination.kind is not OrganizationKind.MINISTRY:
        return "送付先は、府省庁またはその内部の組織から選んでください"
    if destination.exists_on(clock.today()):
        return ""
    successor = destination.acting_on(clock.today())
    if successor is destination:
        return f"{destination.name}は廃止されています。ほかの送付先を選んでください"
    return f"{destination.name}は廃止されています。承継した{successor.name}を選んでください"


def destination_taken(destination: Organization) -> str:
    """Words for a second open hand-off, or a second lead, that came at the same time."""
    return (
        f"{destination.name}への送付、または主管への送付が、すでにあります。"
        "送付・回答の画面を開き直して確かめてください"
    )


def part_problems(
    proposal: Proposal,
    destination: Organization,
    part: HandoffPart,
    *,
    besides: Handoff | None = None,
) -> dict[str, list[str]]:
    """What the other open hand-offs of the case have against one more (送付の重なり), by field."""
    errors: dict[str, list[str]] = {}
    for row in open_handoffs(proposal):
        if row is besides:
            continue
        if row.destination_id == destination.id:
            said = HANDOFF_STATE_LABELS[row.state]
            errors["destination_id"] = [
                f"{destination.name}への送付は、すでにあります（{said}）。"
                "もう一度送るときは、先の送付を取り下げてください"
            ]
        elif part is HandoffPart.LEAD and row.part is HandoffPart.LEAD:
            errors["part"] = [
                f"主管は{row.destination.name}です。主管は1つだけです。"
                "関係として送るか、主管を変更してください"
            ]
    return errors


def _errors(
    proposal: Proposal, command: Prepare, destination: Organization | None
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    problem = destination_problem(destination)
    if problem:
        errors["destination_id"] = [problem]
    elif destination is not None:
        errors = part_problems(proposal, destination, command.part)
    errors |= _text_errors(command.request_text)
    if needs_no_handoff(proposal) and is_blank(command.reason):
        errors["reason"] = ["この分類は府省庁へ送付しないものです。送付する理由を入力してください"]
    return errors


def _text_errors(text: str) -> dict[str, list[str]]:
    return {"request_text": ["依頼文を入力してください"]} if is_blank(text) else {}
