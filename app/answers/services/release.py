"""Releasing replies to the bodies (回答の公開): many at once, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.answers.policy import authorize_release
from app.answers.queries import REPLY_NOT_FOUND, sent_replies_for
from app.answers.releasable import why_not_released
from app.answers.services.examination import check_reply_version
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import settled_calendar
from app.core.eras import format_date_short
from app.core.errors import InvalidInput, NotFound
from app.extensions import db
from app.handoffs.models import BodyView, Reply, ReplyRelease
from app.handoffs.queries import awaited_view, views_of
from app.handoffs.services.reply_parts import reply_parts
from app.handoffs.standing import follow_handoffs
from app.proposals.clocks import calendar_of_holder
from app.proposals.models import Proposal
from app.proposals.sharing.partners import accepted_partners_of
from app.rounds.letters import write_in_round
from app.rounds.models import Round
from app.transfers.models import TransferKind
from app.transfers.services import open_transfer, receive_by_act
from app.workflow.terms import Holder, Term

NOTE_LIMIT = 200  # characters
BODY_ROLES = (Role.PROPOSER, Role.PROPOSER_MANAGER)


@dataclass(frozen=True, kw_only=True)
class ChosenReply:
    """A reply as it was read before the release: its id and its version (公開する回答)."""

    reply_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class Release:
    """Release of replies (回答の公開); `confirmed_count` is typed by the lead as a check."""

    replies: tuple[ChosenReply, ...]
    confirmed_count: int | None
    note: str = ""


def release_replies(round_: Round, command: Release, *, actor: User) -> ReplyRelease:
    """Show replies to the bodies that proposed, all of them or none (回答の公開).

    Each body is asked for its view, in office days of its own calendar. Raises NotAllowed,
    NotFound, StaleVersion, InvalidInput.
    """
    authorize_release(actor)
    _check_count(command)
    replies = _lock(round_, command.replies, actor)
    _check_all(replies, actor)
    released = ReplyRelease(
        round_id=round_.id, note=command.note, released_by_id=actor.id, released_at=clock.now()
    )
    db.session.add(released)
    db.session.flush()
    for reply in replies:
        reply.release_id = released.id
    db.session.flush()
    settled_calendar()
    for proposal, of_case in _by_case(replies):
        _tell_case(proposal, of_case, released, actor)
    return released


def _check_count(command: Release) -> None:
    count = len(command.replies)
    if not count:
        raise InvalidInput({"replies": ["公開する回答を、一覧で選んでください"]})
    if len({row.reply_id for row in command.replies}) != count:
        raise InvalidInput({"replies": ["同じ回答が2度選ばれています。一覧で選び直してください"]})
    if command.confirmed_count != count:
        raise InvalidInput(
            {"confirmed_count": [f"公開する回答の件数（{count}）を入力してください"]}
        )
    if len(command.note) > NOTE_LIMIT:
        raise InvalidInput({"note": [f"メモは{NOTE_LIMIT}文字以内で入力してください"]})


def _lock(round_: Round, chosen: Sequence[ChosenReply], actor: User) -> list[Reply]:
    """Lock cases, then replies, in the order of their ids: two releases never wait crosswise."""
    seen = {row.reply_id: row.version for row in chosen}
    found = list(
        db.session.scalars(
            sent_replies_for(actor, round_).where(Reply.id.in_(seen)).order_by(Reply.id)
        )
    )
    if len(found) != len(seen):
        raise NotFound(REPLY_NOT_FOUND)
    cases = sorted({row.handoff.proposal_id for row in found})
    locked = select(Proposal.id).where(Proposal.id.in_(cases)).order_by(Proposal.id)
    db.session.execute(locked.with_for_update(of=Proposal))
    for reply in found:
        db.session.refresh(reply.handoff.proposal)
        check_reply_version(reply, seen[reply.id])
        db.session.refresh(reply.handoff)
    return found


def _check_all(replies: Sequence[Reply], actor: User) -> None:
    refused = [
        f"{reply.handoff.proposal.reference}（{reply.handoff.destination.name}）：{why}"
        for reply in replies
        if (why := why_not_released(actor, reply))
    ]
    if refused:
        raise InvalidInput({"replies": refused})


def _by_case(replies: Sequence[Reply]) -> list[tuple[Proposal, list[Reply]]]:
    found: dict[int, tuple[Proposal, list[Reply]]] = {}
    for reply in replies:
        proposal = reply.handoff.proposal
        found.setdefault(proposal.id, (proposal, []))[1].append(reply)
    return [found[case_id] for case_id in sorted(found)]


def _tell_case(
    proposal: Proposal, replies: Sequence[Reply], released: ReplyRelease, actor: User
) -> None:
    view = _ask_view(proposal, released)
    proposal.replies_released_at = proposal.replies_released_at or released.released_at
    proposal.view_due_on = view.due_on
    db.session.flush()
    follow_handoffs(proposal)
    db.session.flush()
    record(
        "proposal.release_replies",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={
            "release_id": released.id,
            "replies": len(replies),
            "view_due_on": view.due_on.isoformat(),
        },
    )
    ids = [reply.id for reply in replies]
    receive_by_act(TransferKind.REPLY, proposal, actor=actor, source_ids=ids)
    parts = [part for reply in replies for part in reply_parts(reply)]
    open_transfer(
        TransferKind.RELEASE,
        proposal,
        released.id,
        parts,
        from_body_id=actor.organization_id,
        actor=actor,
    )
    _write(proposal, released, view)


def _ask_view(proposal: Proposal, released: ReplyRelease) -> BodyView:
    """Ask the body for its view; one that is still awaited goes over into the new one."""
    before = awaited_view(proposal)
    if before is not None:
        before.lapsed_at = clock.now()
    days = proposal.round.office_days(Term.VIEW)
    today = clock.today()
    calendar = calendar_of_holder(proposal, Holder.PROPOSER)
    view = BodyView(
        proposal_id=proposal.id,
        number=len(views_of(proposal)) + 1,
        release_id=released.id,
        asked_on=today,
        office_days=days,
        due_on=calendar.add_office_days(today, days),
        text=before.text if before is not None else "",
    )
    db.session.add(view)
    db.session.flush()
    return view


def _write(proposal: Proposal, released: ReplyRelease, view: BodyView) -> None:
    """Write to the body and to its partners (共同提案団体), who read along."""
    bodies = [proposal.organization_id]
    bodies += [row.organization_id for row in accepted_partners_of(proposal)]
    for body_id in bodies:
        is_own = body_id == proposal.organization_id
        write_in_round(
            proposal.round,
            "replies_released",
            db.session.scalars(users_of_body(body_id, *BODY_ROLES)),
            key=f"replies_released:{released.id}:{proposal.id}",
            path=f"/proposals/{proposal.receipt_number}",
            about=Subject(type="proposal", id=proposal.id),
            reference=proposal.reference,
            due_on=format_date_short(view.due_on) if is_own else "",
        )
