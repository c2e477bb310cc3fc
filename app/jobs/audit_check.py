"""Job `audit_check`: verifies the chain of the trail, alarms on a break (監査証跡の検証)."""

from collections.abc import Callable

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.checkpoints import verify_sealed
from app.audit.verification import Verification
from app.core import clock
from app.extensions import db
from app.jobs.alarms import end_alarm, raise_alarm
from app.jobs.models import AlarmKind, JobAlarm
from app.jobs.queries import open_alarms

AUDIT_CHECK = "audit_check"
LABEL = "監査証跡の検証"
AUDITOR_PATH = "/audit/verification"
ADMIN_PATH = f"/jobs/{AUDIT_CHECK}"


def check_audit() -> Callable[[], int]:
    """Verify the whole chain, batch by batch, while nothing is locked; return what tells of it.

    The effect is the number of entries read. A break is no fault of the job: its alarm stands on
    the homes of auditors and administrators until the chain verifies again. Told once.
    """
    result = verify_sealed().chain
    return lambda: _tell(result)


def broken_chain() -> JobAlarm | None:
    """The alarm of a chain that did not verify (監査証跡の異常), None while it is whole."""
    return next((row for row in open_alarms() if row.kind == AlarmKind.AUDIT_BROKEN), None)


def _tell(result: Verification) -> int:
    known = broken_chain()
    if result.is_intact and known is not None:
        end_alarm(known, label=LABEL, readers=_readers())
    if not result.is_intact and known is None:
        _raise(result)
    return result.entries


def _raise(result: Verification) -> None:
    words = f"{result.broken_seq}番の記録で、{result.problem}。"
    raise_alarm(
        AUDIT_CHECK,
        AlarmKind.AUDIT_BROKEN,
        clock.now(),
        label=LABEL,
        words=words,
        readers=_readers(),
    )


def _readers() -> dict[str, list[User]]:
    auditors = list(db.session.scalars(users_with_role(Role.AUDITOR)))
    admins = list(db.session.scalars(users_with_role(Role.ADMIN)))
    known = {person.id for person in auditors}
    return {
        AUDITOR_PATH: auditors,
        ADMIN_PATH: [person for person in admins if person.id not in known],
    }
