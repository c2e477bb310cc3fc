"""The nightly check of the trail alarms until it verifies again (監査証跡の検証)."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.models import AuditHead
from app.core import clock
from app.jobs.audit_check import AUDIT_CHECK
from app.jobs.runner import run_tick
from app.jobs.schedule import get_job
from app.notifications.models import OutboxMessage
from tests.accounts.browser import enter
from tests.factories import make_world

NIGHT = clock.jst(2024, 8, 28, 2)
PROBLEM = "末尾の記録が連鎖の先頭と合いません"
ALARM = "監査証跡の検証で異常が見つかりました"


def check(night: int) -> tuple[int, str]:
    result = run_tick(get_job(AUDIT_CHECK), NIGHT + timedelta(days=night))
    return result.effects, result.error


def set_head(session: Session, value: str) -> None:
    session.execute(text("UPDATE audit_head SET last_hash = :value"), {"value": value})
    session.commit()


def test_break_alarms_auditors_and_admins_until_it_verifies_again(
    db_session: Session, app: Flask
) -> None:
    world = make_world()
    db_session.commit()
    # Signed in before the break: whatever is written after it hangs on the wrong link.
    auditor, admin = enter(app, "auditor"), enter(app, "admin")
    head = db_session.scalars(select(AuditHead.last_hash)).one()
    entries = db_session.scalars(select(AuditHead.last_seq)).one()

    whole = check(0)
    set_head(db_session, "0" * 64)
    broken, again = check(1), check(2)
    on_homes = [ALARM in auditor.get("/").text, PROBLEM in admin.get("/").text]
    set_head(db_session, head)
    mended = check(3)

    told = db_session.execute(
        select(OutboxMessage.letter, OutboxMessage.recipient_id, OutboxMessage.path).order_by(
            OutboxMessage.id
        )
    ).all()
    reader, operator = world["auditor"].id, world["admin"].id
    assert (whole, broken, again, mended) == ((entries, ""),) * 4
    assert on_homes == [True, True]
    assert [tuple(row) for row in told] == [
        ("audit_broken", reader, "/audit/verification"),
        ("audit_broken", operator, "/jobs/audit_check"),
        ("job_recovered", reader, "/audit/verification"),
        ("job_recovered", operator, "/jobs/audit_check"),
    ]
    assert ALARM not in auditor.get("/").text
