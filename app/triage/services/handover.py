"""Giving a person's open work to another (引継ぎ), and ending the account with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, update

from app.accounts.models import User
from app.accounts.policy import can_manage
from app.accounts.services.users import set_last_day
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.proposals.models import CaseHandover, CorrectionRequest, Proposal
from app.triage.duties import Duty, is_correction_of
from app.triage.models import Assignment, CaseClaim, Release
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
    """What goes to whom (引継ぎ); `ends_on` is the last day of the account, None to leave it.

    `others` names another successor for some of the cases, by proposal id.
    """

    successor_id: int | None
    proposal_ids: tuple[int, ...]
    note: str = ""
    ends_on: date | None = None
    others: Mapping[int, int] = field(default_factory=dict)


def hand_over(user: User, command: HandOver, *, actor: User) -> int:
    """Give open work of a person to others (引継ぎ); return the number of cases.

    All or nothing, with one entry in the trail for each case. Terms and states stay as they are.
    Raises NotAllowed and InvalidInput.
    """
    if not can_hand_over(actor, user):
        raise NotAllowed(REFUSED)
    if not command.proposal_ids and command.ends_on is None:
        raise InvalidInput({"proposal_ids": ["引き継ぐ仕事か、利用の末日を選んでください"]})
    if command.proposal_ids:
        chosen = _chosen(user, command.proposal_ids, actor)
        to = _successors_of(chosen, user, command)
        _check_obstacles(to, chosen)
        for work in chosen:
            _give(work, user, to[work.proposal.id], command.note, actor)
    if command.ends_on is not None and can_manage(actor, user.organization):
        set_last_day(user, command.ends_on, actor=actor)
    db.session.flush()
    return len(command.proposal_ids)


def _successors_of(chosen: Sequence[OpenWork], user: User, command: HandOver) -> dict[int, User]:
    """Successor of each case, by proposal id: the one named for it, else the common one."""
    people = {person.id: person for person in successors(user)}
    wanted = {
        work.proposal.id: command.others.get(work.proposal.id, command.successor_id or 0)
        for work in chosen
    }
    if not people.keys() >= set(wanted.values()):
        raise InvalidInput({"successor_id": ["引継ぎ先を一覧から選んでください"]})
    return {proposal_id: people[person_id] for proposal_id, person_id in wanted.items()}


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


def _check_obstacles(to: Mapping[int, User], chosen: Sequence[OpenWork]) -> None:
    problems = [
        f"{work.proposal.reference}：{words}。この提案を外すか、ほかの人を選んでください"
        for work in chosen
        if (words := obstacle(to[work.proposal.id], work.proposal))
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
        _move_duties(work, user, successor, actor)
    subject = Subject(type="proposal", id=work.proposal.id, version=work.proposal.version)
    changes = {"from_id": user.id, "to_id": successor.id}
    verb = "proposal.hand_over" if work.kind is WorkKind.CASE else "proposal.reassign"
    record(verb, subject, actor=actor, reason=note, changes=changes)


def _move_duties(work: OpenWork, user: User, successor: User, actor: User) -> None:
    """Give over everything that ties a person of the desk to a case (受け持ち)."""
    proposal = work.proposal
    if Duty.REVIEW in work.duties:
        _move_assignment(proposal, user, successor, actor)
    if Duty.CORRECTION in work.duties:
        _move_corrections(proposal, user, successor)
    if Duty.PENDING in work.duties:
        proposal.pending_owner_id = successor.id
    # What is on the desk goes back to the pile, where the successor finds it.
    db.session.execute(
        update(CaseClaim)
        .where(
            CaseClaim.proposal_id == proposal.id,
            CaseClaim.user_id == user.id,
            CaseClaim.released_at.is_(None),
        )
        .values(released_at=clock.now(), release=Release.TAKEN_OVER)
    )
    db.session.flush()


def _move_corrections(proposal: Proposal, user: User, successor: User) -> None:
    requests = db.session.scalars(
        select(CorrectionRequest)
        .join(Proposal, Proposal.id == CorrectionRequest.proposal_id)
        .where(Proposal.id == proposal.id, is_correction_of(user))
    )
    for request in requests:
        request.returns_to_id = successor.id


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
