"""Registering who is away and who stands in (不在・代理の登録)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import Role, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.extensions import db
from app.triage.deputies import REVIEWER_ROLES, absences_between, gap_in_chain
from app.triage.models import Absence
from app.triage.queries import reviewers

LONGEST_ABSENCE = 366  # days
NOT_ALLOWED = "不在を登録できるのは、本人と事務局の総括だけです。"
NOT_FOUND = "この不在は見つかりません。不在と代理の一覧から選んでください。"
NO_SUCH_PERSON = "一覧から選んでください"


@dataclass(frozen=True, kw_only=True)
class RegisterAbsence:
    """Days away and the deputy (不在の登録); `deputy_id` is None for none."""

    user_id: int
    starts_on: date | None
    ends_on: date | None
    deputy_id: int | None = None
    note: str = ""


def can_register_absence(actor: User, user_id: int) -> bool:
    """Whether the actor may say that a person is away (不在の登録): oneself, or a lead."""
    return actor.has_role(Role.LEAD) or (actor.has_role(*REVIEWER_ROLES) and actor.id == user_id)


def register_absence(command: RegisterAbsence, *, actor: User) -> Absence:
    """Register days away with a deputy (不在・代理); the deputy sees the work on those days.

    Raises NotAllowed, and InvalidInput for days out of order, two absences of one person on one
    day, and a deputy who on some day would leave the work with nobody.
    """
    if not can_register_absence(actor, command.user_id):
        raise NotAllowed(NOT_ALLOWED)
    # One after the other: two absences entered at once must know of each other.
    people = {user.id: user for user in db.session.scalars(reviewers().with_for_update(of=User))}
    starts_on, ends_on = _checked_days(command)
    user, deputy = _checked_people(command, people)
    absence = Absence(
        user=user,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy=deputy,
        note=command.note,
        created_by_id=actor.id,
        created_at=clock.now(),
    )
    _check_chains(absence)
    db.session.add(absence)
    db.session.flush()
    record(
        "absence.register",
        Subject(type="user", id=user.id),
        actor=actor,
        changes={
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
            "deputy_id": deputy.id if deputy else None,
        },
    )
    return absence


def cancel_absence(absence: Absence, *, actor: User) -> None:
    """Take an absence back, or end it today (不在の取消し): the deputy has the work no longer.

    Raises NotAllowed, and InvalidInput for one that is over.
    """
    if not can_register_absence(actor, absence.user_id):
        raise NotAllowed(NOT_ALLOWED)
    db.session.refresh(absence, with_for_update={"of": Absence})
    if absence.cancelled_at is not None or absence.ends_on < clock.today():
        raise InvalidInput({"absence": ["この不在は、もう終わっているか、取り消されています"]})
    absence.cancelled_at = clock.now()
    db.session.flush()
    record("absence.cancel", Subject(type="user", id=absence.user_id), actor=actor)


def get_absence(absence_id: int, *, actor: User) -> Absence:
    """Return an absence the actor may change (不在). Raises NotFound."""
    found = db.session.scalars(select(Absence).where(Absence.id == absence_id)).one_or_none()
    if found is None or not can_register_absence(actor, found.user_id):
        raise NotFound(NOT_FOUND)
    return found


def _checked_days(command: RegisterAbsence) -> tuple[date, date]:
    errors: dict[str, list[str]] = {}
    first, last = command.starts_on, command.ends_on
    if first is None:
        errors["starts_on"] = ["不在の初日を入力してください"]
    if last is None:
        errors["ends_on"] = ["不在の末日を入力してください"]
    elif last < clock.today():
        errors["ends_on"] = ["末日は、今日以降の日付にしてください"]
    elif first is not None and last < first:
        errors["ends_on"] = ["末日は、初日以降の日付にしてください"]
    elif first is not None and (last - first).days >= LONGEST_ABSENCE:
        errors["ends_on"] = ["1年を超える不在は登録できません。仕事を引き継いでください"]
    if errors or first is None or last is None:
        raise InvalidInput(errors)
    return first, last


def _checked_people(command: RegisterAbsence, people: dict[int, User]) -> tuple[User, User | None]:
    user = people.get(command.user_id)
    if user is None:
        raise InvalidInput({"user_id": [NO_SUCH_PERSON]})
    if command.deputy_id is None:
        return user, None
    deputy = people.get(command.deputy_id)
    if deputy is None:
        raise InvalidInput({"deputy_id": [NO_SUCH_PERSON]})
    if deputy == user:
        raise InvalidInput({"deputy_id": ["本人は代理になれません。ほかの人を選んでください"]})
    return user, deputy


def _check_chains(absence: Absence) -> None:
    others = absences_between(absence.starts_on, absence.ends_on)
    for row in others:
        if row.user_id == absence.user.id:
            raise InvalidInput({"starts_on": [f"{_period(row)}の不在と重なっています"]})
    # The rows below are compared by the id of the person, which a new row has not got yet.
    absence.user_id = absence.user.id
    gap = gap_in_chain([*others, absence], absence.starts_on, absence.ends_on)
    if gap is not None:
        raise InvalidInput({"deputy_id": [_gap_words(absence, others, *gap)]})


def _gap_words(absence: Absence, others: list[Absence], day: date, user_id: int) -> str:
    if user_id == absence.user.id and absence.deputy is not None:
        return (
            f"{absence.deputy.display_name}も{format_date_short(day)}は不在で、"
            "仕事をする人がいなくなります。ほかの人を選んでください"
        )
    name = next(row.user.display_name for row in others if row.user_id == user_id)
    return (
        f"{format_date_short(day)}は{name}の代理になっています。"
        "その日に出勤している人を代理に選んでください"
    )


def _period(row: Absence) -> str:
    return f"{format_date_short(row.starts_on)}から{format_date_short(row.ends_on)}まで"
