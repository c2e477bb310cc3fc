"""Who is away and who stands in (不在と代理)."""

from typing import NamedTuple

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.core.closing_days import office_calendar
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.triage.deputies import absences_on, present_deputy
from app.triage.forms.absences import AbsenceForm
from app.triage.models import Absence
from app.triage.queries import reviewers as list_reviewers
from app.triage.routes.assignment_tabs import assignment_tabs
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out
from app.triage.services import absences as services


class AbsenceRow(NamedTuple):
    """An absence in the list (不在の行); `office_days` from the first day to the last, both in.

    `stands_in` is who works today for the person, along the chain of deputies; "" when not away.
    """

    absence: Absence
    office_days: int | None
    is_now: bool
    stands_in: str
    can_cancel: bool


@blueprint.route("/triage/absences", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def absences() -> Answer:
    """Register an absence, and read who is away (不在と代理)."""
    actor = current_actor()
    people = list(db.session.scalars(list_reviewers()))
    form = AbsenceForm(people=people, user_id=str(actor.id))
    if not actor.has_role(Role.LEAD):
        form.user_id.choices = {str(actor.id): actor.display_name}
    if carried_out(form, lambda: services.register_absence(form.to_command(), actor=actor)):
        flash("不在を登録しました。期間中、代理の人の仕分けの一覧に担当の提案が出ます。", "status")
        return redirect(url_for("triage.absences"))
    page = render_template(
        "triage/absences.html",
        form=form,
        rows=_rows(actor),
        tabs=assignment_tabs(actor, "triage.absences"),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/triage/absences/<int:absence_id>/cancel")
@roles(Role.OFFICER, Role.LEAD)
def cancel_absence(absence_id: int) -> Answer:
    """Take an absence back, or end it today (不在の取消し)."""
    actor = current_actor()
    absence = services.get_absence(absence_id, actor=actor)
    try:
        with unit_of_work():
            services.cancel_absence(absence, actor=actor)
    except InvalidInput as error:
        flash(error.errors["absence"][0], "error")
    else:
        flash("不在を取り消しました。代理の人には、もう出ません。", "status")
    return redirect(url_for("triage.absences"))


def _rows(actor: User) -> list[AbsenceRow]:
    today = clock.today()
    now = absences_on(today)
    found = db.session.scalars(
        select(Absence)
        .where(Absence.cancelled_at.is_(None), Absence.ends_on >= today)
        .order_by(Absence.starts_on, Absence.id)
    )
    return [
        AbsenceRow(
            absence=row,
            office_days=_office_days(row),
            is_now=row.is_on(today),
            stands_in=_stands_in(row, now) if row.is_on(today) else "",
            can_cancel=services.can_register_absence(actor, row.user_id),
        )
        for row in found
    ]


def _office_days(row: Absence) -> int | None:
    """Office days of an absence, None beyond the years whose holidays are known."""
    if row.ends_on.year > office_calendar().last_valid_year:
        return None
    first = office_calendar().is_office_day(row.starts_on)
    return first + office_calendar().office_days_between(row.starts_on, row.ends_on)


def _stands_in(row: Absence, now: dict[int, Absence]) -> str:
    deputy = present_deputy(row.user_id, now)
    return deputy.display_name if deputy else ""
