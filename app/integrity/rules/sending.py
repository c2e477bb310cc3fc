"""Whether outbox, ledger of the jobs and sent forms are what they can be (送信・処理)."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from app.core.posted_form import KEY_SHAPE, PostedForm
from app.integrity.findings import Tally
from app.integrity.snapshot import stream
from app.jobs.models import JobRun
from app.jobs.schedule import JOBS
from app.notifications.models import AttemptResult, DeliveryAttempt, DeliveryStatus, OutboxMessage
from app.proposals.models import Proposal

TODO = "そのときのログを添えて、開発した側に知らせてください"
IN_HAND = OutboxMessage.status == DeliveryStatus.SENDING
SHA256_LENGTH = 64


def look_at_outbox(connection: Connection, tally: Tally) -> None:
    """Compare every message with its trace, and with what it tells of (送信箱)."""
    traced = (
        select(func.max(DeliveryAttempt.number))
        .where(DeliveryAttempt.message_id == OutboxMessage.id)
        .scalar_subquery()
    )
    handed_over = exists().where(
        DeliveryAttempt.message_id == OutboxMessage.id,
        DeliveryAttempt.result == AttemptResult.SENT,
    )
    is_sent = OutboxMessage.status == DeliveryStatus.SENT
    about_case = exists().where(Proposal.id == OutboxMessage.about_id)
    rules: tuple[tuple[ColumnElement[bool], str], ...] = (
        (and_(is_sent, OutboxMessage.sent_at.is_(None)), "送信済みなのに、送信の日時がない"),
        (and_(is_sent, ~handed_over), "送信済みなのに、送信の記録がない"),
        (and_(IN_HAND, OutboxMessage.lease_until.is_(None)), "送信中なのに、引受けの期限がない"),
        (
            and_(~IN_HAND, OutboxMessage.lease_until.is_not(None)),
            "送信中でないのに、引受けの期限がある",
        ),
        (OutboxMessage.attempts != func.coalesce(traced, 0), "送信の回数と、送信の記録が合わない"),
        (
            and_(OutboxMessage.about_type == "proposal", ~about_case),
            "知らせの対象の提案がない",
        ),
    )
    _judge(connection, tally, select(OutboxMessage.id), rules, "知らせ {}番")


def look_at_ledger(connection: Connection, tally: Tally) -> None:
    """Judge the ticks of the jobs by what a tick can be (定期処理の台帳)."""
    is_unfinished = JobRun.finished_at.is_(None)
    known = {job.name for job in JOBS}
    rules: tuple[tuple[ColumnElement[bool], str], ...] = (
        (JobRun.finished_at < JobRun.started_at, "終わりが、始まりより前"),
        (JobRun.lease_until < JobRun.started_at, "引受けの期限が、始まりより前"),
        (and_(is_unfinished, JobRun.effects > 0), "終わっていないのに、効果の件数がある"),
        (JobRun.failures > JobRun.attempt, "失敗の回数が、引受けの回数より多い"),
        (
            and_(JobRun.retry_at.is_not(None), or_(is_unfinished, JobRun.error == "")),
            "失敗していないのに、試し直す日時がある",
        ),
        (JobRun.job.not_in(known), "製品にない定期処理"),
    )
    statement = select(JobRun.job, JobRun.scheduled_for)
    _judge(connection, tally, statement, rules, "定期処理 {} {}の回")


def look_at_forms(connection: Connection, tally: Tally) -> None:
    """Look at the keys of forms that were sent (送信済みの様式)."""
    statement = select(PostedForm.user_id, PostedForm.key, PostedForm.digest)
    for user_id, key, digest in stream(connection, statement):
        tally.look()
        if not KEY_SHAPE.fullmatch(key) or len(digest) != SHA256_LENGTH:
            tally.add(f"送信済みの様式 {user_id}-{key}", "送信キーの形ではない", TODO)


def _judge(
    connection: Connection,
    tally: Tally,
    statement: Select[*tuple[Any, ...]],
    rules: tuple[tuple[ColumnElement[bool], str], ...],
    place: str,
) -> None:
    """Count all rows, and name those that break a rule (規則に反する行)."""
    tally.look(connection.scalar(select(func.count()).select_from(statement.subquery())) or 0)
    for condition, what in rules:
        for row in stream(connection, statement.where(condition)):
            tally.add(place.format(*row), what, TODO)
