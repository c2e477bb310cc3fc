"""Job `pending_revisit`: tells of the cases to be looked at again (見直し日の知らせ)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.proposals.models import Proposal
from app.rounds.letters import write_in_round
from app.rounds.models import Round
from app.triage.deputies import absences_on, present_deputy
from app.triage.models import Absence
from app.triage.queries import conflicts_with, reviewers
from app.watches.models import Watch
from app.watches.queries import due_watches, is_in_real_round
from app.workflow.states import State

REVISIT = "revisit_due"
WATCH = "watch_due"
PENDING_DATE = "ペンディングの見直し日"
WATCH_DATE = "見直しの条件を確かめる日"


class Revisit(NamedTuple):
    """A case to be looked at again on a day that has come (見直し): whose it is, and where."""

    key: str
    proposal: Proposal
    day: date
    owner_id: int | None
    what: str
    path: str


def tell_revisits(moment: datetime) -> int:
    """Tell the owners of the cases whose revisit date has come (見直し日); how many letters.

    Once for each case and date, however late. Who is away is stood in for; without an owner at work
    the leads are told. Nothing on closed days.
    """
    today = clock.today()
    if not office_calendar().is_office_day(today):
        return 0
    found = [*_pending(today), *_watched(today)]
    known = _told_before()
    present = {user.id: user for user in db.session.scalars(reviewers())}
    leads = list(db.session.scalars(users_with_role(Role.LEAD)))
    absences = absences_on(today)
    return sum(
        _tell(revisit, _recipients(revisit, present, leads, absences))
        for revisit in found
        if revisit.key not in known
    )


@news_check(REVISIT)
def is_still_pending(message: OutboxMessage) -> bool:
    """Whether a pending case still waits to be taken up again (見直しの知らせの鮮度)."""
    if not message.dedupe_key.startswith(f"{REVISIT}:"):
        return True
    case = db.session.get(Proposal, message.about_id) if message.about_id else None
    is_due = case is not None and case.due_on is not None and case.due_on <= clock.today()
    return case is None or (case.state is State.PENDING and is_due)


def _pending(today: date) -> Iterable[Revisit]:
    cases = db.session.scalars(
        select(Proposal)
        .join(Proposal.round)
        .where(
            Proposal.state == State.PENDING,
            Proposal.due_on <= today,
            Round.is_practice.is_(False),
        )
        .order_by(Proposal.due_on, Proposal.id)
    )
    for case in cases:
        day = case.due_on or today
        yield Revisit(
            key=f"{REVISIT}:{case.id}:{day.isoformat()}",
            proposal=case,
            day=day,
            owner_id=case.pending_owner_id,
            what=PENDING_DATE,
            path=f"/proposals/{case.receipt_number}",
        )


def _watched(today: date) -> Iterable[Revisit]:
    """Classified cases whose condition is to be looked at (F-2・F-3・F-4の見直し)."""
    rows = db.session.scalars(due_watches(today).where(Watch.check_on <= today, is_in_real_round()))
    for watch in rows:
        day = watch.check_on or today
        yield Revisit(
            key=f"{WATCH}:{watch.id}:{day.isoformat()}",
            proposal=watch.proposal,
            day=day,
            owner_id=watch.owner_id,
            what=WATCH_DATE,
            path=f"/proposals/{watch.proposal.receipt_number}",
        )


def _told_before() -> set[str]:
    """Keys of what was told, to whomever (知らせ済み): the part before the recipient."""
    keys = db.session.scalars(
        select(OutboxMessage.dedupe_key).where(OutboxMessage.letter == REVISIT)
    )
    return {key.rpartition(":")[0] for key in keys}


def _recipients(
    revisit: Revisit,
    present: Mapping[int, User],
    leads: Collection[User],
    absences: Mapping[int, Absence],
) -> list[User]:
    conflicted = conflicts_with(revisit.proposal)
    owner = present.get(revisit.owner_id or 0)
    if owner is not None and owner.id in absences:
        owner = present_deputy(owner.id, absences)
    if owner is not None and owner.id not in conflicted:
        return [owner]
    return [lead for lead in leads if lead.id not in conflicted]


def _tell(revisit: Revisit, recipients: Collection[User]) -> int:
    return write_in_round(
        revisit.proposal.round,
        REVISIT,
        recipients,
        key=revisit.key,
        path=revisit.path,
        about=Subject(type="proposal", id=revisit.proposal.id),
        reference=revisit.proposal.reference,
        what=revisit.what,
        revisit_on=format_date(revisit.day),
    )
