"""What is wrong with the jobs is told once, and that it is over too (警報)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role, User
from app.core import clock
from app.extensions import db
from app.jobs.ledger import claim
from app.jobs.models import ALL_JOBS, AlarmKind, JobAlarm, JobContact, JobRun
from app.jobs.runner import run_tick
from app.jobs.schedule import Job
from app.jobs.scheduler import look_after, run_by_true_clock, run_due
from app.jobs.standing import JobState, standings
from app.jobs.supervision import supervise
from app.notifications.models import OutboxMessage
from tests.factories import make_organization, make_user

SLOT = clock.jst(2024, 8, 28, 8)
NEXT = clock.jst(2024, 8, 29, 8)


class Flaky:
    """Work that fails until it is mended."""

    def __init__(self) -> None:
        self.is_broken = True
        self.done: list[datetime] = []

    def __call__(self, moment: datetime) -> int:
        if self.is_broken:
            raise ValueError("the disk is full")
        self.done.append(moment)
        return 1


def daily(work: Flaky, **changes: object) -> Job:
    cron = {"hour": "8", "minute": "0", "second": "0"}
    return Job(name="daily", label="日次", cron=cron, run=work)._replace(**changes)


def make_admin(login: str = "admin") -> User:
    office = make_organization(OrganizationKind.SECRETARIAT, f"事務局 {login}")
    user = make_user(login, office, Role.ADMIN)
    db.session.commit()
    return user


def letters(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(
        select(OutboxMessage.letter, OutboxMessage.recipient_id).order_by(OutboxMessage.id)
    )
    return [(letter, person) for letter, person in rows]


def fail(job: Job, now: datetime = SLOT) -> None:
    with clock.at(now):
        run_due(job, now)


def watch(job: Job, now: datetime) -> None:
    with clock.at(now):
        look_after([job], now)


def test_p08_failed_tick_is_told_once_and_its_recovery_once(db_session: Session) -> None:
    admin = make_admin()
    work = Flaky()
    job = daily(work, each_missed=True)
    fail(job)

    watch(job, SLOT + timedelta(seconds=30))
    watch(job, SLOT + timedelta(seconds=40))
    work.is_broken = False
    watch(job, SLOT + timedelta(minutes=2))
    watch(job, SLOT + timedelta(minutes=3))

    assert letters(db_session) == [("job_failed", admin.id), ("job_recovered", admin.id)]
    assert work.done == [SLOT]
    assert standings(SLOT + timedelta(minutes=3), [job])[0].state == JobState.OK


def test_letter_of_a_failure_quotes_no_row(db_session: Session) -> None:
    make_admin()
    job = daily(Flaky())
    fail(job)

    watch(job, SLOT + timedelta(seconds=30))

    body = db_session.scalars(select(OutboxMessage.body)).one()
    assert "ValueError" in body
    assert "the disk is full" not in body


def test_failed_tick_is_tried_three_times_more_and_then_left(db_session: Session) -> None:
    job = daily(Flaky(), each_missed=True)
    fail(job)

    for minutes in range(1, 60):
        watch(job, SLOT + timedelta(minutes=minutes))

    run = db_session.scalars(select(JobRun)).one()
    assert (run.attempt, run.failures, run.retry_at) == (4, 4, None)
    assert run.started_at == SLOT + timedelta(minutes=1 + 5 + 15)


def test_failed_tick_holds_up_none_behind_it_and_is_made_good_by_hand(db_session: Session) -> None:
    work = Flaky()
    job = daily(work, each_missed=True)
    for minutes in (0, 1, 6, 21):
        fail(job, SLOT + timedelta(minutes=minutes))
    work.is_broken = False

    fail(job, NEXT)
    with clock.at(NEXT + timedelta(hours=1)):
        result = run_tick(job, SLOT, is_by_hand=True)

    assert result.effects == 1
    assert work.done == [NEXT, SLOT]
    assert standings(NEXT + timedelta(hours=1), [job])[0].troubles == []


def test_tick_a_newer_one_stands_for_is_not_tried_again(db_session: Session) -> None:
    work = Flaky()
    job = daily(work, cron={"minute": "*", "second": "0"})
    fail(job)
    work.is_broken = False

    fail(job, SLOT + timedelta(minutes=1, seconds=5))

    assert work.done == [SLOT, SLOT + timedelta(minutes=1)]
    fail(daily(Flaky(), cron={"minute": "*"}, name="other"))
    other = daily(work, cron={"minute": "*"}, name="other")
    with clock.at(SLOT + timedelta(seconds=70)):
        run_tick(other, SLOT + timedelta(minutes=1))
    watch(other, SLOT + timedelta(seconds=80))
    assert work.done[2:] == [SLOT + timedelta(minutes=1)]


def test_job_that_goes_on_failing_is_told_of_once(db_session: Session) -> None:
    admin = make_admin()
    job = daily(Flaky(), cron={"minute": "*", "second": "0"})

    for minutes in range(5):
        now = SLOT + timedelta(minutes=minutes)
        fail(job, now)
        watch(job, now + timedelta(seconds=45))

    assert letters(db_session) == [("job_failed", admin.id)]


def test_p08_late_job_is_told_once_and_its_recovery_once(db_session: Session) -> None:
    admin = make_admin()
    work = Flaky()
    work.is_broken = False
    job = daily(work)
    fail(job)

    watch(job, NEXT + job.grace)
    on_time = letters(db_session)
    watch(job, NEXT + job.grace + timedelta(seconds=1))
    watch(job, NEXT + timedelta(hours=1))
    fail(job, NEXT + timedelta(hours=2))
    watch(job, NEXT + timedelta(hours=2))

    assert on_time == []
    assert letters(db_session) == [("job_late", admin.id), ("job_recovered", admin.id)]


def test_p08_tick_that_never_ended_is_told_when_its_lease_is_over(db_session: Session) -> None:
    admin = make_admin()
    job = daily(Flaky(), each_missed=True)
    with clock.at(SLOT):
        claim(job, SLOT)

    with clock.at(SLOT + job.lease + timedelta(seconds=1)):
        supervise(clock.now(), [job])
        supervise(clock.now(), [job])

    alarm = db_session.scalars(select(JobAlarm)).one()
    assert (alarm.kind, alarm.moment, alarm.ended_at) == (AlarmKind.CUT_SHORT, SLOT, None)
    assert letters(db_session) == [("job_failed", admin.id)]


def test_named_persons_are_told_instead_of_all_administrators(db_session: Session) -> None:
    named, general, other = make_admin("named"), make_admin("general"), make_admin("other")
    for person, name in ((named, "daily"), (general, ALL_JOBS), (other, "nightly")):
        db_session.add(JobContact(job=name, user_id=person.id, created_at=SLOT))
    db_session.commit()
    job = daily(Flaky())
    fail(job)

    watch(job, SLOT + timedelta(seconds=30))

    assert letters(db_session) == [("job_failed", named.id), ("job_failed", general.id)]


def test_p20_node_with_a_clock_far_off_runs_nothing_and_tells_once(db_session: Session) -> None:
    admin = make_admin()
    seen: list[datetime] = []
    is_checked = db_session.get_bind().dialect.name == "postgresql"

    with clock.at(clock.now() - timedelta(seconds=120)):
        ran = [run_by_true_clock(seen.append) for _ in range(2)]

    # SQLite is a file on this host: there is no second clock.
    assert ran == [not is_checked] * 2
    assert len(seen) == (0 if is_checked else 2)
    assert letters(db_session) == ([("clock_off", admin.id)] if is_checked else [])
    if is_checked:
        raised_at = db_session.scalars(select(JobAlarm.raised_at)).one()
        assert abs(raised_at - clock.now()) < timedelta(seconds=30)


def test_p20_clock_that_is_right_again_ends_the_alarm(db_session: Session) -> None:
    admin = make_admin()
    if db_session.get_bind().dialect.name != "postgresql":
        return
    with clock.at(clock.now() + timedelta(seconds=3600)):
        run_by_true_clock(lambda now: None)

    run_by_true_clock(lambda now: supervise(now, []))

    assert letters(db_session) == [("clock_off", admin.id), ("job_recovered", admin.id)]
