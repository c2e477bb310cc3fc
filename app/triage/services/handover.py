"""Giving a person's open work to another (引継ぎ), and ending the account with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.policy import can_manage
from app.accounts.services.users import set_last_day
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.proposals.models import CaseHandover, Proposal
from app.triage.models import Assignment
from app.triage.open_work import (
    OpenWork,
    WorkKind,
    can_hand_over,
    obstacle,
    open_work,
    successors,
)
from app.triage.queries import is_assigned
from app.triage.services.assign import tell_new_reviewers

REFUSED = "仕事を引き継がせられるのは、団体の管理者と、事務局の総括だけです。"
# What an integer column can hold: a larger number is the id of no case.
LARGEST_ID = 2**31 - 1
CHANGED = (
    "開いている間に、手元の仕事が変わりました（{count}件）。一覧を確かめて、もう一度選んでください"
)


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """What goes to whom (引継ぎ); `ends_on` is the last day of the account, None to leave it."""

    successor_id: int | None
    proposal_ids: tuple[int, ...]
    note: str = ""
    ends_on: date | None = None


def hand_over(user: User, command: HandOver, *, actor: User) -> int:
    """Give open work of a person to another one (引継ぎ); return the number of cases.

    All or nothing, with one entry in the trail for each case. Terms and states stay as they are.
    Raises NotAllowed and InvalidInput.
    """
    if not can_hand_over(actor, user):
        raise NotAllowed(REFUSED)
    successor = _successor(user, command.successor_id) if command.proposal_ids else None
    if successor is None and command.ends_on is None:
        raise InvalidInput({"proposal_ids": ["引き継ぐ仕事か、利用の末日を選んでください"]})
    if successor is not None:
        chosen = _chosen(user, command.proposal_ids, actor)
        _check_obstacles(successor, chosen)
        for work in chosen:
            _give(work, user, successor, command.note, actor)
    if command.ends_on is not None and can_manage(actor, user.organization):
        set_last_day(user, command.ends_on, actor=actor)
    db.session.flush()
    return len(command.proposal_ids)


def _successor(user: User, successor_id: int | None) -> User:
    for person in successors(user):
        if person.id == successor_id:
            return person
    raise InvalidInput({"successor_id": ["引継ぎ先を一覧から選んでください"]})


def _chosen(user: User, proposal_ids: Sequence[int], actor: User) -> list[OpenWork]:
    # In one order, so that two handovers never wait for each other.
    wanted = sorted(set(proposal_ids))
    known = [id_ for id_ in wanted if 0 < id_ <= LARGEST_ID]
    db.session.execute(
        select(Proposal.id).where(Proposal.id.in_(known)).order_by(Proposal.id).with_for_update()
    )
    present = {work.proposal.id: work for work in open_work(user, actor)}
    gone = [id_ for id_ in wanted if id_ not in present]
    if gone:
        raise InvalidInput({"proposal_ids": [CHANGED.format(count=len(gone))]})
    return [present[id_] for id_ in wanted]


def _check_obstacles(successor: User, chosen: Sequence[OpenWork]) -> None:
    problems = [
        f"{work.proposal.reference}：{words}。この提案を外すか、ほかの人を選んでください"
        for work in chosen
        if (words := obstacle(successor, work.proposal))
    ]
    if problems:
        raise InvalidInput({"proposal_ids": problems})


def _give(work: OpenWork, user: User, successor: User, note: str, actor: User) -> None:
    if work.kind is WorkKind.CASE:
        db.session.add(
            CaseHandover(
                proposal_id=work.proposal.id,
                from_user_id=user.id,
                to_user_id=successor.id,
                note=note,
                handed_over_at=clock.now(),
                handed_over_by_id=actor.id,
            )
        )
    else:
        _move_assignment(work.proposal, user, successor, actor)
    subject = Subject(type="proposal", id=work.proposal.id, version=work.proposal.version)
    changes = {"from_id": user.id, "to_id": successor.id}
    verb = "proposal.hand_over" if work.kind is WorkKind.CASE else "proposal.reassign"
    record(verb, subject, actor=actor, reason=note, changes=changes)


def _move_assignment(proposal: Proposal, user: User, successor: User, actor: User) -> None:
    """End one reviewer's assignment; the next one goes on with the day it was due."""
    row = db.session.scalars(
        select(Assignment).where(
            Assignment.proposal_id == proposal.id,
            Assignment.reviewer_id == user.id,
            Assignment.ended_at.is_(None),
        )
    ).one()
    row.ended_at = clock.now()
    db.session.flush()
    if is_assigned(successor, proposal):
        return
    db.session.add(
        Assignment(
            proposal_id=proposal.id,
            reviewer_id=successor.id,
            assigned_by_id=actor.id,
            assigned_at=clock.now(),
            due_on=row.due_on,
        )
    )
    db.session.flush()
    tell_new_reviewers(proposal, [successor])
