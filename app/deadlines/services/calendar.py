"""Acts on the office calendar (暦の変更): closed days, and years whose holidays are known."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.calendar import LAST_VALID_YEAR, CalendarRangeError
from app.core.closing_days import (
    CalendarYear,
    ClosingDay,
    forget_calendar,
    office_calendar,
    take_calendar,
)
from app.core.eras import format_date, format_year
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.core.text import count_characters, is_blank
from app.deadlines.models import ChangeKind
from app.deadlines.moves import Move, calendar_with, calendar_without, moves_by_calendar
from app.deadlines.policy import authorize_calendar
from app.deadlines.services.moving import Ground, carry_out, lock_cases
from app.extensions import db

LONGEST_NAME = 50  # characters
NOT_ENTERED = "この閉庁日は登録されていません。暦の画面を開き直してください。"
TOO_OLD = "過ぎた閉庁日は取り消せません。期限の記録に残っています。"


@dataclass(frozen=True, kw_only=True)
class AddClosingDay:
    """A day on which every office is closed (臨時の閉庁日), and what it rests on.

    `agreed` is the print of the list of moved dates that was shown before (確認した一覧).
    """

    day: date
    name: str
    basis: str
    agreed: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawClosingDay:
    """A closed day that was a mistake (閉庁日の取消し)."""

    reason: str
    agreed: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfirmYear:
    """A further year whose holidays were announced and compared (年の確定)."""

    year: int
    basis: str


def rehearse_adding(command: AddClosingDay, *, actor: User) -> list[Move]:
    """Which dates the closed day would move (閉庁日を加える前の確認); writes nothing.

    Raises NotAllowed, InvalidInput.
    """
    authorize_calendar(actor)
    _check_new(command)
    try:
        return moves_by_calendar(calendar_with(command.day, command.name), command.day)
    except CalendarRangeError as error:
        raise InvalidInput({"day": [error.message]}) from error


def add_closing_day(command: AddClosingDay, *, actor: User) -> list[Move]:
    """Close every office on a day to come (閉庁日の追加): running periods are reckoned anew.

    Raises NotAllowed, InvalidInput, and StaleVersion when other dates would move than were shown.
    """
    take_calendar()
    moves = rehearse_adding(command, actor=actor)
    lock_cases(moves, command.agreed)
    row = ClosingDay(
        day=command.day,
        name=command.name,
        basis=command.basis,
        added_by_id=actor.id,
        added_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    reason = f"{format_date(command.day)}を閉庁日にしました（{command.name}）"
    carry_out(moves, _ground(actor, reason, command.day))
    _record("calendar.close_day", row, actor, command.basis, len(moves))
    forget_calendar()
    return moves


def rehearse_withdrawing(row: ClosingDay, *, actor: User) -> list[Move]:
    """Which dates would move if the day were open again; writes nothing. Raises NotAllowed."""
    authorize_calendar(actor)
    if row.day < clock.today():
        raise NotAllowed(TOO_OLD)
    return moves_by_calendar(calendar_without(row.day), row.day)


def withdraw_closing_day(
    row: ClosingDay, command: WithdrawClosingDay, *, actor: User
) -> list[Move]:
    """Open the offices again on a day to come (閉庁日の取消し); the entry stays, marked.

    Raises NotAllowed, NotFound, InvalidInput, StaleVersion.
    """
    take_calendar()
    db.session.refresh(row)
    if row.withdrawn_at is not None:
        raise NotFound(NOT_ENTERED)
    moves = rehearse_withdrawing(row, actor=actor)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["取り消す理由を入力してください"]})
    lock_cases(moves, command.agreed)
    row.withdrawn_by_id, row.withdrawn_at = actor.id, clock.now()
    row.withdrawal_reason = command.reason
    db.session.flush()
    reason = f"{format_date(row.day)}の閉庁（{row.name}）を取り消しました"
    carry_out(moves, _ground(actor, reason, row.day))
    _record("calendar.open_day", row, actor, command.reason, len(moves))
    forget_calendar()
    return moves


def confirm_year(command: ConfirmYear, *, actor: User) -> None:
    """Let the calendar reach one year further (年の確定). Raises NotAllowed, InvalidInput."""
    authorize_calendar(actor)
    take_calendar()
    if is_blank(command.basis):
        raise InvalidInput({"basis": ["何と見比べたか（官報の日付など）を入力してください"]})
    expected = next_year()
    if command.year != expected:
        raise InvalidInput(
            {"": [f"次に確定する年は{format_year(expected)}です。画面を開き直してください"]}
        )
    db.session.add(
        CalendarYear(
            year=command.year,
            basis=command.basis,
            confirmed_by_id=actor.id,
            confirmed_at=clock.now(),
        )
    )
    db.session.flush()
    record(
        "calendar.confirm_year",
        Subject(type="calendar", id=None),
        actor=actor,
        reason=command.basis,
        changes={"year": command.year},
    )
    forget_calendar()


def next_year() -> int:
    """The year that is to be confirmed next (次に確定する年)."""
    return office_calendar().last_valid_year + 1


def closing_days() -> list[ClosingDay]:
    """Closed days that were entered, withdrawn ones too, the latest first (登録した閉庁日)."""
    return list(
        db.session.scalars(select(ClosingDay).order_by(ClosingDay.day.desc(), ClosingDay.id.desc()))
    )


def confirmed_years() -> list[CalendarYear]:
    """Years confirmed after the built-in ones (確定した年), the latest first."""
    rows = select(CalendarYear).where(CalendarYear.year > LAST_VALID_YEAR)
    return list(db.session.scalars(rows.order_by(CalendarYear.year.desc())))


def get_closing_day(day_id: int) -> ClosingDay:
    """Return an entered closed day that is in force. Raises NotFound."""
    row = db.session.get(ClosingDay, day_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound(NOT_ENTERED)
    return row


def _check_new(command: AddClosingDay) -> None:
    errors: dict[str, list[str]] = {}
    if is_blank(command.name) or count_characters(command.name) > LONGEST_NAME:
        errors["name"] = [f"閉庁日の名前を{LONGEST_NAME}文字以内で入力してください"]
    if is_blank(command.basis):
        errors["basis"] = ["根拠（法律の名前、庁内の決定など）を入力してください"]
    problem = _day_problem(command.day)
    if problem:
        errors["day"] = [problem]
    if errors:
        raise InvalidInput(errors)


def _day_problem(day: date) -> str:
    if day < clock.today():
        return "今日以後の日を入力してください。過ぎた日の期限は動かしません"
    try:
        reason = office_calendar().closing_reason(day)
    except CalendarRangeError as error:
        return error.message
    return f"{format_date(day)}は既に閉庁日です（{reason}）。登録は要りません" if reason else ""


def _ground(actor: User, reason: str, day: date) -> Ground:
    return Ground(
        kind=ChangeKind.CALENDAR,
        reason=reason,
        decided_by=actor,
        closing_days=[day.isoformat()],
    )


def _record(verb: str, row: ClosingDay, actor: User, reason: str, moved: int) -> None:
    changes = {"day": row.day.isoformat(), "moved": moved}
    record(verb, Subject(type="calendar", id=row.id), actor=actor, reason=reason, changes=changes)
