"""The office calendar: read, close a day, open it again, confirm a year (暦の画面)."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core import clock
from app.core.access import roles
from app.core.closing_days import office_calendar
from app.core.eras import format_date, format_year
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.deadlines.calendar_view import (
    announced_lines,
    is_ending,
    move_lines,
    rounds_ending_on,
    unconfirmed_days,
    year_view,
)
from app.deadlines.forms import ClosingDayForm, ConfirmYearForm, WithdrawClosingDayForm
from app.deadlines.moves import Move, print_of
from app.deadlines.routes.agreed import done_as_agreed
from app.deadlines.routes.blueprint import blueprint
from app.deadlines.services import calendar as services
from app.triage.routes.case import Answer

LONGEST_YEAR = 4  # digits


@blueprint.get("/calendar")
@roles(Role.ADMIN, Role.LEAD, Role.OFFICER, Role.AUDITOR)
def calendar() -> str:
    """The closed days of a year, the days entered, and how far the calendar reaches (暦)."""
    asked = request.args.get("year", "")
    is_year = asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_YEAR
    return render_template(
        "deadlines/calendar.html",
        view=year_view(int(asked) if is_year else clock.today().year),
        entered=services.closing_days(),
        confirmed=services.confirmed_years(),
        last_year=office_calendar().last_valid_year,
        next_year=services.next_year(),
        is_ending=is_ending(),
        can_change=current_actor().has_role(Role.ADMIN),
        today=clock.today(),
    )


@blueprint.route("/calendar/closing-days/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def add_closing_day() -> Answer:
    """Close every office on a day to come (臨時の閉庁日); the moved dates are shown first."""
    actor = current_actor()
    form = ClosingDayForm()
    moves: list[Move] | None = None
    if form.validate_on_submit():
        command = form.to_command()
        try:
            if command.agreed and done_as_agreed(
                form, lambda: services.add_closing_day(command, actor=actor)
            ):
                flash(f"{format_date(command.day)}を閉庁日にしました。", "status")
                return redirect(url_for("deadlines.calendar", year=command.day.year))
            moves = services.rehearse_adding(command, actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
    if moves is None:
        page = render_template("deadlines/closing_day.html", form=form)
        return page, 422 if form.is_submitted() else 200
    form.agreed.data = print_of(moves)
    page = render_template(
        "deadlines/closing_day_preview.html",
        form=form,
        command=command,
        lines=move_lines(moves, actor),
        announced=announced_lines(command.day, actor),
        rounds=rounds_ending_on(command.day),
    )
    return page, 422 if form.form_errors else 200


@blueprint.route("/calendar/closing-days/<int:day_id>/withdraw", methods=["GET", "POST"])
@roles(Role.ADMIN)
def withdraw_closing_day(day_id: int) -> Answer:
    """Open the offices again on a day to come (閉庁日の取消し); the moved dates are shown."""
    actor = current_actor()
    row = services.get_closing_day(day_id)
    form = WithdrawClosingDayForm()
    if form.validate_on_submit():
        command = form.to_command()
        try:
            if done_as_agreed(
                form, lambda: services.withdraw_closing_day(row, command, actor=actor)
            ):
                flash(f"{format_date(row.day)}の閉庁を取り消しました。", "status")
                return redirect(url_for("deadlines.calendar", year=row.day.year))
        except InvalidInput as error:
            form.add_errors(error.errors)
    moves = services.rehearse_withdrawing(row, actor=actor)
    form.agreed.data = print_of(moves)
    page = render_template(
        "deadlines/withdraw_closing_day.html",
        form=form,
        row=row,
        lines=move_lines(moves, actor),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/calendar/years/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def confirm_year() -> Answer:
    """Confirm the holidays of the next year (年の確定), after comparing them."""
    actor = current_actor()
    year = services.next_year()
    form = ConfirmYearForm(year=year)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.confirm_year(form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{format_year(year)}の暦を確定しました。", "status")
            return redirect(url_for("deadlines.calendar", year=year))
    form.year.data = year
    page = render_template(
        "deadlines/confirm_year.html", form=form, year=year, days=unconfirmed_days(year)
    )
    return page, 422 if form.errors or form.form_errors else 200
