"""Mail through a server that fails, by senders that are killed (P09, P10).

SOAK_MAILS (2,000) says how many, SOAK_SENDERS (3) by how many, SOAK_KILL_SECONDS (5) how often one
is killed, SOAK_SEED which.
"""

import os
import random
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import ColumnElement, func, select

from app.accounts.models import User
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.notifications.models import DeliveryAttempt, DeliveryStatus, OutboxMessage
from app.notifications.queries import UNDERWAY
from app.notifications.services import enqueue
from tests.factories import PASSWORD_HASH, make_world
from tests.notifications.smtp_server import Faults, free_port, mail_server

MAILS = int(os.environ.get("SOAK_MAILS", "2000"))
SENDERS = int(os.environ.get("SOAK_SENDERS", "3"))
SEED = int(os.environ.get("SOAK_SEED", "20240902"))
# Every body of the country, and those among them that read no mail.
BODIES = 1788
DEAD = 50
KILL_SECONDS = int(os.environ.get("SOAK_KILL_SECONDS", "5"))
LONGEST_SECONDS = 900
ROOT = Path(__file__).resolve().parents[2]


def queue(app: Flask) -> None:
    """Queue the letters: each person of the first ones gets a second letter when all have one."""
    with app.app_context(), unit_of_work():
        body = make_world()["city"].organization
        people = [
            User(
                login=f"body{number:04}",
                display_name=f"担当{number}",
                organization_id=body.id,
                email=address(number),
                password_hash=PASSWORD_HASH,
                created_at=clock.now(),
            )
            for number in range(min(BODIES, MAILS))
        ]
        db.session.add_all(people)
        db.session.flush()
        for number in range(MAILS):
            reader = people[number % len(people)]
            key = f"closed:{number}"
            enqueue("closed", [reader], key=key, path="/proposals", reference=f"R6-{number:04}")


def address(number: int) -> str:
    return f"body{number:04}@example.jp"


def start_sender(url: str, port: int, start: datetime, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.soak.mail_sender", url, str(port), start.isoformat()]
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)


def underway(app: Flask) -> int:
    with app.app_context():
        waiting = OutboxMessage.status.in_(UNDERWAY)
        return db.session.scalar(select(func.count()).where(waiting)) or 0


def send_with_deaths(app: Flask, port: int, log: Path) -> int:
    """Have senders empty the outbox, kill one every few seconds; return how many were killed."""
    chance, start, kills = random.Random(SEED), clock.now(), 0
    url = app.config["SETTINGS"].DATABASE_URL
    senders = [start_sender(url, port, start, log) for _ in range(SENDERS)]
    until = time.monotonic() + LONGEST_SECONDS
    try:
        while underway(app) and time.monotonic() < until:
            time.sleep(KILL_SECONDS)
            end(senders.pop(chance.randrange(len(senders))))
            kills += 1
            senders.append(start_sender(url, port, start, log))
    finally:
        for sender in senders:
            end(sender)
    return kills


def end(sender: subprocess.Popen[bytes]) -> None:
    sender.kill()
    sender.wait()


def message_ids(app: Flask, *conditions: ColumnElement[bool]) -> set[str]:
    with app.app_context():
        found = select(OutboxMessage.message_id).join(OutboxMessage.recipient).where(*conditions)
        return set(db.session.scalars(found))


def test_p09_p10_each_mail_arrives_however_often_senders_die(
    committed_app: Flask, tmp_path: Path
) -> None:
    port = free_port()
    dead = frozenset(address(number) for number in range(0, DEAD * 3, 3))
    queue(committed_app)

    with mail_server(port, Faults(refuse_every=53, drop_every=97, dead=dead)) as post:
        kills = send_with_deaths(committed_app, port, tmp_path / "senders.log")

    of_dead = message_ids(committed_app, User.email.in_(dead))
    cut = message_ids(committed_app, OutboxMessage.trace.any(DeliveryAttempt.result.is_(None)))
    arrived = post.ids()
    doubled = {found for found, times in arrived.items() if times > 1}
    sys.stdout.write(
        f"\n{MAILS} mails, {kills} senders killed, {len(post.dropped)} lines cut, "
        f"{len(cut)} cut short by a kill, {len(doubled)} arrived twice\n"
    )
    bounced = OutboxMessage.status == DeliveryStatus.BOUNCED
    sent = OutboxMessage.status == DeliveryStatus.SENT
    assert message_ids(committed_app, bounced) == of_dead
    assert message_ids(committed_app, sent) == set(arrived)
    assert len(arrived) == MAILS - len(of_dead)
    assert doubled <= set(post.dropped) | cut
