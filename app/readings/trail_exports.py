"""Taking the trail out for an audit (監査証跡の出力, P23): counted, with a reason, told of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User
from app.audit.actors import sealed_person
from app.audit.models import AuditEvent
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.proposals.conflicts import conflict_of
from app.proposals.models import Proposal
from app.readings.asked import Asked
from app.readings.trail_files import TrailFormat, lines_of, opening_of
from app.readings.trail_queries import CASE, entries

EXPORTED = "audit.export"
BATCH = 1000  # entries read at once
MOST_ENTRIES = 200_000  # in a file
MOST_A_DAY = 20  # files of one person
TOO_MANY = (
    "該当する記録が{count:,}件あります。1回に出力できるのは{most:,}件までです。"
    "期間を分けて出力してください"
)
TOO_OFTEN = "1日に出力できるのは{most}回までです。明日、もう一度出力してください"


@dataclass(frozen=True, kw_only=True)
class ExportTrail:
    """What is taken out, how and why (監査証跡の出力)."""

    asked: Asked
    conditions: Sequence[ColumnElement[bool]]
    format: TrailFormat
    with_names: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotedExport:
    """An export that may leave (記録した出力): of these entries, up to the number `last`."""

    command: ExportTrail
    entries: int
    last: int
    conflicted: frozenset[int]
    about: dict[str, object]


def note_trail_export(command: ExportTrail, *, actor: User) -> NotedExport:
    """Record the export before its first line leaves (出力の記録).

    Raises InvalidInput for too many entries at once and for too many files in a day.
    """
    # Two exports of one person at once are counted one after the other.
    own = select(User.id).where(User.id == actor.id)
    db.session.execute(own.with_for_update(key_share=True))
    if _exports_today(actor) >= MOST_A_DAY:
        raise InvalidInput({"reason": [TOO_OFTEN.format(most=MOST_A_DAY)]})
    last = db.session.scalar(select(func.max(AuditEvent.seq))) or 0
    count = _count(command, last)
    if count > MOST_ENTRIES:
        raise InvalidInput({"first": [TOO_MANY.format(count=count, most=MOST_ENTRIES)]})
    conflicted = db.session.scalars(select(Proposal.id).where(conflict_of(actor.id)))
    _record(command, actor, count, last)
    return NotedExport(
        command=command,
        entries=count,
        last=last,
        conflicted=frozenset(conflicted),
        about=_about(command, actor, count),
    )


def _count(command: ExportTrail, last: int) -> int:
    found = select(func.count()).where(AuditEvent.seq <= last, *command.conditions)
    return db.session.scalar(found) or 0


def _exports_today(actor: User) -> int:
    midnight = datetime.combine(clock.today(), time(), clock.JST)
    statement = select(func.count()).where(
        AuditEvent.verb == EXPORTED,
        AuditEvent.actor_id == actor.id,
        AuditEvent.occurred_at >= midnight,
    )
    return db.session.scalar(statement) or 0


def _record(command: ExportTrail, actor: User, count: int, last: int) -> None:
    asked = command.asked
    record(
        EXPORTED,
        Subject(type="audit", id=None),
        actor=actor,
        reason=command.reason,
        changes={
            "format": command.format.value,
            "entries": count,
            "last_seq": last,
            "with_names": command.with_names,
            **_days(asked),
            **({"case": asked.proposal.id} if asked.proposal else {}),
            **({"by": sealed_person(asked.person)} if asked.person else {}),
        },
    )


def _about(command: ExportTrail, actor: User, count: int) -> dict[str, object]:
    asked = command.asked
    return {
        "exported_at": clock.to_jst(clock.now()).isoformat(timespec="seconds"),
        "exported_by": actor.label,
        "entries": count,
        "conditions": {
            **_days(asked),
            **{name: asked.texts[name] for name in ("case", "person") if asked.texts[name]},
        },
    }


def _days(asked: Asked) -> dict[str, str]:
    days = {"first": asked.first, "last": asked.last}
    return {name: day.isoformat() for name, day in days.items() if day}


def trail_pieces(noted: NotedExport) -> Iterator[bytes]:
    """Return the file in pieces, in the order of the chain (出力), to be read while it is sent.

    Memory does not grow with them, and a slow receiver keeps no connection: each piece is read on
    its own, after the request. Entries never change, so the pieces fit together.
    """
    return _pieces(noted, db.sessionmaker)


def _pieces(noted: NotedExport, sessions: sessionmaker[Session]) -> Iterator[bytes]:
    command = noted.command
    yield opening_of(noted.about, command.format).encode()
    for batch in _batches(noted, sessions):
        withheld = {
            event.seq: event.subject_type == CASE and event.subject_id in noted.conflicted
            for event in batch
        }
        lines = lines_of(batch, command.format, withheld, names=command.with_names)
        yield "".join(lines).encode()


def _batches(noted: NotedExport, sessions: sessionmaker[Session]) -> Iterator[Sequence[AuditEvent]]:
    found = entries(noted.command.conditions).where(AuditEvent.seq <= noted.last)
    after = 0
    while True:
        following = found.where(AuditEvent.seq > after).order_by(AuditEvent.seq).limit(BATCH)
        with sessions() as session:
            batch = session.scalars(following).all()
        if not batch:
            return
        yield batch
        after = batch[-1].seq
