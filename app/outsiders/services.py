"""Terms of outsiders and the monthly reports about them (部外者の条件・活動報告, P52)."""

from datetime import datetime, timedelta

from app.accounts.models import User
from app.accounts.policy import authorize_manage
from app.accounts.services.outside_terms import OutsideTerms, check_terms, set_terms
from app.accounts.services.sessions import end_sessions_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_month
from app.extensions import db
from app.notifications.services import enqueue
from app.outsiders.models import OutsiderReport
from app.outsiders.queries import Month, activity_of, is_reported, month_of, outsiders_within

LETTER = "outsider_report"


def change_terms(user: User, terms: OutsideTerms, *, actor: User) -> None:
    """Give an outsider another contract, end or supervisor (立入りの条件の変更).

    Sessions end, so that the change bites at once. Raises NotAllowed, InvalidInput.
    """
    authorize_manage(actor, user.organization)
    check_terms(user.organization, terms)
    before = _terms_of(user)
    set_terms(user, terms)
    end_sessions_of(user)
    changes = {"before": before, "after": _terms_of(user)}
    record("outsider.set_terms", Subject(type="user", id=user.id), actor=actor, changes=changes)


def _terms_of(user: User) -> dict[str, object]:
    return {
        "contract_number": user.contract_number,
        "ends_at": user.access_ends_at.isoformat() if user.access_ends_at else None,
        "supervisor_id": user.supervisor_id,
    }


def report_month(moment: datetime) -> int:
    """Report the month before a moment to the supervisors (部外者の活動報告); how many are new.

    One report an outsider and month, however often it is asked for.
    """
    month = month_of(month_of(clock.to_jst(moment).date()).first - timedelta(days=1))
    waiting = [row for row in outsiders_within(month) if not is_reported(row.id, month)]
    for outsider in waiting:
        _report(outsider, month)
    return len(waiting)


def _report(outsider: User, month: Month) -> None:
    supervisor = db.session.get_one(User, outsider.supervisor_id)
    activity = activity_of(outsider.id, month)
    made = OutsiderReport(
        outsider_id=outsider.id,
        month=month.first,
        supervisor_id=supervisor.id,
        contract_number=outsider.contract_number or "",
        made_at=clock.now(),
        **activity._asdict(),
    )
    db.session.add(made)
    db.session.flush()
    record(
        "outsider.report",
        Subject(type="user", id=outsider.id),
        actor=None,
        changes={"month": month.first.isoformat(), **activity._asdict()},
    )
    enqueue(
        LETTER,
        [supervisor],
        key=f"{LETTER}:{outsider.id}:{month.first:%Y-%m}",
        path=f"/outsiders/{outsider.id}",
        about=Subject(type="user", id=outsider.id),
        person=outsider.display_name,
        month=format_month(month.first),
    )
