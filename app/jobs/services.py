"""Running a job by hand, and naming who hears of its troubles (手動実行・知らせる相手)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import InvalidInput
from app.extensions import db
from app.jobs.models import ALL_JOBS, JobContact
from app.jobs.policy import authorize_jobs
from app.jobs.queries import find_run
from app.jobs.schedule import Job

SUBJECT = Subject(type="job", id=None)
IN_FUTURE = "まだ来ていない時点です。{now}までの日時を入力してください"
RUNNING = "この時点の処理は、いま実行しています。終わってから結果を確かめてください"
DONE = "この時点の処理は、{ended}に終わっています（{effects}件）。二重には行いません"


@dataclass(frozen=True, kw_only=True)
class RunByHand:
    """Which tick a person wants (手動実行の時点)."""

    moment: datetime


@dataclass(frozen=True, kw_only=True)
class AddContact:
    """Who is told (知らせる相手), of this job or of all of them."""

    user_id: int
    is_for_all: bool


def ask_for_run(job: Job, command: RunByHand, *, actor: User) -> None:
    """Check that a tick can be run now, and note who asked (手動実行の依頼).

    The tick itself is run after this is committed, in transactions of its own. Whoever claims it
    first runs it: two people who ask at once do not run it twice. Raises NotAllowed, InvalidInput.
    """
    authorize_jobs(actor)
    now = clock.now()
    if command.moment > now:
        raise InvalidInput({"day": [IN_FUTURE.format(now=format_datetime(now))]})
    run = find_run(job.name, command.moment)
    if run is not None and run.finished_at is None and not run.is_cut_short(now):
        raise InvalidInput({"day": [RUNNING]})
    if run is not None and run.finished_at is not None and not run.has_failed:
        ended = format_datetime(run.finished_at)
        raise InvalidInput({"day": [DONE.format(ended=ended, effects=run.effects)]})
    record(
        "job.run_by_hand",
        SUBJECT,
        actor=actor,
        changes={"job": job.name, "moment": command.moment.isoformat()},
    )


def add_contact(job: Job, command: AddContact, *, actor: User) -> JobContact:
    """Name an administrator who is told of a job or of all of them (知らせる相手の追加).

    Raises NotAllowed, InvalidInput.
    """
    authorize_jobs(actor)
    name = ALL_JOBS if command.is_for_all else job.name
    person = users_with_role(Role.ADMIN).where(User.id == command.user_id)
    if db.session.scalar(person.with_only_columns(User.id)) is None:
        raise InvalidInput({"user_id": ["システム管理の利用者から選んでください"]})
    known = select(JobContact.id).where(
        JobContact.job == name, JobContact.user_id == command.user_id
    )
    if db.session.scalar(known) is not None:
        raise InvalidInput({"user_id": ["この人には既に知らせています"]})
    contact = JobContact(job=name, user_id=command.user_id, created_at=clock.now())
    db.session.add(contact)
    db.session.flush()
    _record("job.add_contact", contact, actor)
    return contact


def remove_contact(contact: JobContact, *, actor: User) -> None:
    """Tell this person no longer (知らせる相手の取消し); without any, all admins are told."""
    authorize_jobs(actor)
    _record("job.remove_contact", contact, actor)
    db.session.delete(contact)


def _record(verb: str, contact: JobContact, actor: User) -> None:
    changes = {"job": contact.job or "*", "user_id": contact.user_id}
    record(verb, SUBJECT, actor=actor, changes=changes)
