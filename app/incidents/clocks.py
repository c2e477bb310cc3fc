"""Dates of the 速報 and the 確報 of a leak (漏えい等の報告の期限), from the day it was known.

The 速報 is due promptly, some three to five days after; the 確報 within 30 days, or 60 where a
wrongful purpose is feared (個人情報の保護に関する法律施行規則第44条). The first day is not counted;
a 確報 that falls on a closed day is due on the next open one.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.calendar import Roll
from app.core.closing_days import office_calendar
from app.incidents.models import Incident, StepKind

FIRST_DAYS, PRELIMINARY_DAYS = 3, 5
FINAL_DAYS, MALICIOUS_FINAL_DAYS = 30, 60
# More persons than this make a report of the public body a duty (規則第43条第4号).
MANY_PERSONS = 100


@dataclass(frozen=True, kw_only=True)
class ReportDates:
    """When the reports are due (報告の期限), and when they were made; None while they were not."""

    preliminary_from: date
    preliminary_by: date
    final_by: date
    preliminary_on: date | None
    final_on: date | None

    def is_late(self, today: date) -> bool:
        """Whether a report is owed since before a JST day (期限超過)."""
        return (self.preliminary_on is None and self.preliminary_by < today) or (
            self.final_on is None and self.final_by < today
        )


def dates_of(incident: Incident) -> ReportDates:
    """Dates of the reports of an incident (報告の期限)."""
    known = incident.known_on
    days = MALICIOUS_FINAL_DAYS if incident.is_malicious else FINAL_DAYS
    return ReportDates(
        preliminary_from=known + timedelta(days=FIRST_DAYS),
        preliminary_by=known + timedelta(days=PRELIMINARY_DAYS),
        final_by=office_calendar().roll(known + timedelta(days=days), Roll.LATER),
        preliminary_on=_done_on(incident, StepKind.PRELIMINARY),
        final_on=_done_on(incident, StepKind.FINAL),
    )


def _done_on(incident: Incident, kind: StepKind) -> date | None:
    return next((step.done_on for step in incident.steps if step.kind is kind), None)


def duty_hints(incident: Incident) -> list[str]:
    """Why a report to the 個人情報保護委員会 may be a duty (報告が要るおそれ), in words."""
    hints = []
    if incident.persons_estimate is None:
        hints.append("本人の数が分かっていません。100人を超えるおそれがあれば、報告が要ります。")
    elif incident.persons_estimate > MANY_PERSONS:
        hints.append(
            f"本人の数が100人を超えています（{incident.persons_estimate:,}人）。報告が要ります。"
        )
    if incident.is_malicious:
        hints.append("不正の目的によるおそれがあります。1人でも報告が要ります（確報は60日以内）。")
    return hints
