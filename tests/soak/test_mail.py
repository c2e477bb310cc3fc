"""Mail through a server that fails, by senders that are killed (P09, P10).

SOAK_MAILS (2,000) says how many, SOAK_SENDERS (3) by how many, SOAK_KILL_SECONDS (5) how often one
is killed, SOAK_SEED which. A sender is killed only after mail arrived since the last kill, so that
a slow machine, on which one takes long to start, has a longer trial and not one without an end; the
trial fails when nothing moves for SOAK_STUCK_SECONDS (300), or when a sender ends by itself.
"""

import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, func, select

from app.accounts.models import User
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.notifications.delivery import send_due
from app.notifications.models import DeliveryAttempt, DeliveryStatus, OutboxMessage
from app.notifications.queries import UNDERWAY, count_by_status
from app.notifications.services import enqueue
from tests.factories import PASSWORD_HASH, make_world
from tests.notifications.smtp_server import Faults, Post, free_port, mail_server

MAILS = int(os.environ.get("SOAK_MAILS", "2000"))
SENDERS = int(os.environ.get("SOAK_SENDERS", "3"))
SEED = int(os.environ.get("SOAK_SEED", "20240902"))
# Every body of the country, and those among them that read no mail.
BODIES = 1788
DEAD = 50
LONGEST_SECONDS = 600  # for all the others, whatever the dead ones do
KILL_SECONDS = int(os.environ.get("SOAK_KILL_SECONDS", "5"))
STUCK_SECONDS = int(os.environ.get("SOAK_STUCK_SECONDS", "300"))
ROOT = Path(__file__).resolve().parents[2]


def queue(app: Flask, mails: int) -> None:
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
            for number in range(min(BODIES, mails))
        ]
        db.session.add_all(people)
        db.session.flush()
        for number in range(mails):
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


def send_all(app: Flask, post: Post, port: int, log: Path, *, killing: bool) -> int:
    """Have senders empty the outbox; kill one every few seconds if told; return how many."""
    chance, start, kills = random.Random(SEED), clock.now(), 0
    url = app.config["SETTINGS"].DATABASE_URL
    senders = [start_sender(url, port, start, log) for _ in range(SENDERS)]
    heard, moved_at = 0, time.monotonic()
    try:
        while underway(app):
            time.sleep(KILL_SECONDS)
            assert [sender.poll() for sender in senders] == [None] * SENDERS, log.read_text()
            if post.said == heard:
                assert time.monotonic() - moved_at < STUCK_SECONDS, log.read_text()
                continue
            heard, moved_at = post.said, time.monotonic()
            if not killing:
                continue
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
    queue(committed_app, MAILS)

    with mail_server(port, Faults(refuse_every=53, drop_every=97, dead=dead)) as post:
        kills = send_all(committed_app, post, port, tmp_path / "senders.log", killing=True)

    of_dead = message_ids(committed_app, User.email.in_(dead))
    cut = message_ids(committed_app, OutboxMessage.trace.any(DeliveryAttempt.result.is_(None)))
    arrived = post.ids()
    doubled = {found for found, times in arrived.items() if times > 1}
    sys.stdout.write(
        f"\n{MAILS} mails, {kills} senders killed, {len(post.dropped)} lines cut, "
        f"{len(cut)} without a noted end, {len(doubled)} arrived twice\n"
    )
    bounced = OutboxMessage.status == DeliveryStatus.BOUNCED
    sent = OutboxMessage.status == DeliveryStatus.SENT
    assert message_ids(committed_app, bounced) == of_dead
    assert message_ids(committed_app, sent) == set(arrived)
    assert len(arrived) == MAILS - len(of_dead)
    assert {len(to) for to, _mail in post.taken} == {1}
    assert doubled <= set(post.dropped) | cut


def test_p09_each_key_is_delivered_and_only_cut_lines_repeat_one(
    committed_app: Flask, tmp_path: Path
) -> None:
    port = free_port()
    queue(committed_app, MAILS)
    keys = message_ids(committed_app)

    with mail_server(port, Faults(refuse_every=53, drop_every=97)) as post:
        send_all(committed_app, post, port, tmp_path / "senders.log", killing=False)

    arrived = post.ids()
    doubled = {found for found, times in arrived.items() if times > 1}
    sys.stdout.write(
        f"\n{len(keys)} keys, {len(arrived)} delivered, {len(post.dropped)} lines cut after DATA, "
        f"{len(doubled)} arrived twice, all of them cut\n"
    )
    assert message_ids(committed_app, OutboxMessage.status == DeliveryStatus.SENT) == keys
    assert set(arrived) == keys
    assert doubled == set(post.dropped)


def test_p10_dead_recipients_delay_nobody(
    committed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    settings = replace(
        committed_app.config["SETTINGS"],
        SMTP_URL=f"smtp://127.0.0.1:{port}",
        MAIL_FROM="noreply@triage.example.jp",
        MAIL_ALLOW="example.jp",
    )
    monkeypatch.setitem(committed_app.config, "SETTINGS", settings)
    dead = [address(number) for number in range(0, DEAD * 3, 3)]
    queue(committed_app, BODIES)
    now, began = clock.now(), time.monotonic()

    with mail_server(port, Faults(dead=frozenset(dead))) as post, committed_app.app_context():
        # The clock stands still: nobody is put off to a later batch.
        while send_due(lambda: now)():
            pass
        counts = count_by_status()

    seconds = time.monotonic() - began
    sys.stdout.write(f"\n{BODIES} mails, {DEAD} dead recipients, {seconds:.0f} s\n")
    assert {status: count for status, count in counts.items() if count} == {
        DeliveryStatus.SENT: BODIES - DEAD,
        DeliveryStatus.BOUNCED: DEAD,
    }
    assert sorted(post.recipients()) == sorted(set(map(address, range(BODIES))) - set(dead))
    assert seconds <= LONGEST_SECONDS
