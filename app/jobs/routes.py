"""Pages of the jobs (定期処理の画面)."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.accounts.queries import users_with_role
from app.core import clock
from app.core.access import roles
from app.core.eras import format_datetime
from app.core.errors import InvalidInput
from app.core.node_clock import clock_offset, is_off, offset_in_words
from app.core.pagination import decode_cursor, encode_cursor
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs import presentation, services
from app.jobs.forms import FIRST_YEAR, ContactForm, RunForm
from app.jobs.models import JobRun
from app.jobs.queries import (
    get_contact,
    latest_runs,
    list_contacts,
    open_alarms,
    people_to_tell,
    runs_of,
)
from app.jobs.retention import RETENTION
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, Job, get_job
from app.jobs.slots import latest_slot
from app.jobs.standing import standings

blueprint = Blueprint("jobs", __name__)

SHOWN = 50
RETENTION_JOB = "retention"
LAST_YEAR = 9000

Answer = str | Response | tuple[str, int]


@blueprint.get("/jobs")
@roles(Role.ADMIN)
def index() -> str:
    """Jobs, how they stand, their next time and the last ticks (定期処理)."""
    now = clock.now()
    offset = clock_offset()
    return render_template(
        "jobs/index.html",
        standings=standings(now),
        alarms=open_alarms(),
        clock_words=offset_in_words(offset) if is_off(offset) else "",
        labels={job.name: job.label for job in JOBS},
        runs=list(db.session.scalars(latest_runs(SHOWN))),
        shown=SHOWN,
        now=now,
        words=presentation,
    )


@blueprint.get("/jobs/<name>")
@roles(Role.ADMIN)
def show(name: str) -> str:
    """One job: its rules, contacts, history, and a run by hand (定期処理の詳細)."""
    job = get_job(name)
    return _page(job, RunForm.at(latest_slot(job, clock.now())), _contact_form())


@blueprint.post("/jobs/<name>/run")
@roles(Role.ADMIN)
def run(name: str) -> Answer:
    """Run a job for a moment (手動実行)."""
    job = get_job(name)
    actor = current_actor()
    form = RunForm()
    if form.validate_on_submit():
        command = form.to_command()
        try:
            with unit_of_work():
                services.ask_for_run(job, command, actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            _run(job, command.moment)
            return redirect(url_for("jobs.show", name=job.name))
    return _page(job, form, _contact_form(formdata=None)), 422


@blueprint.post("/jobs/<name>/contacts")
@roles(Role.ADMIN)
def add_contact(name: str) -> Answer:
    """Name somebody who is told of a job (知らせる相手の追加)."""
    job = get_job(name)
    actor = current_actor()
    form = _contact_form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.add_contact(job, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("知らせる相手に加えました。", "status")
            return redirect(url_for("jobs.show", name=job.name))
    run_form = RunForm(formdata=None)
    return _page(job, run_form, form), 422


@blueprint.post("/jobs/<name>/contacts/<int:contact_id>/remove")
@roles(Role.ADMIN)
def remove_contact(name: str, contact_id: int) -> Response:
    """Tell somebody no longer (知らせる相手の取消し)."""
    job = get_job(name)
    actor = current_actor()
    with unit_of_work():
        services.remove_contact(get_contact(contact_id, job.name), actor=actor)
    flash(
        "知らせる相手から外しました。だれもいないときは、システム管理の全員に知らせます。", "status"
    )
    return redirect(url_for("jobs.show", name=job.name))


def _run(job: Job, moment: datetime) -> None:
    shown = format_datetime(moment)
    result = run_tick(job, moment, is_by_hand=True)
    if not result.is_mine:
        flash(f"{shown}の回は、ほかの処理が先に引き受けました。二重には行っていません。", "error")
    elif result.error:
        flash(f"{shown}の時点で実行しましたが、失敗しました（{result.error}）。", "error")
    else:
        flash(f"{shown}の時点で実行しました（{result.effects}件）。", "status")


def _contact_form(**kwargs: object) -> ContactForm:
    return ContactForm(db.session.scalars(users_with_role(Role.ADMIN)), **kwargs)


def _page(job: Job, run_form: RunForm, contact_form: ContactForm) -> str:
    now = clock.now()
    before = _before()
    runs = runs_of(job.name, before, SHOWN + 1)
    return render_template(
        "jobs/show.html",
        job=job,
        standing=standings(now, (job,))[0],
        alarms=[alarm for alarm in open_alarms() if alarm.job == job.name],
        contacts=list_contacts(job.name),
        people=people_to_tell(job.name),
        run_form=run_form,
        contact_form=contact_form,
        runs=runs[:SHOWN],
        before=before,
        next_cursor=_cursor(runs[SHOWN - 1]) if len(runs) > SHOWN else None,
        terms=RETENTION if job.name == RETENTION_JOB else (),
        labels={each.name: each.label for each in JOBS},
        now=now,
        words=presentation,
    )


def _cursor(run: JobRun) -> str:
    return encode_cursor([run.scheduled_for.isoformat()])


def _before() -> datetime | None:
    """Instant the page of the history begins before; None for the first page or nonsense."""
    values = decode_cursor(request.args.get("cursor", ""), 1)
    try:
        found = datetime.fromisoformat(str(values[0])) if values else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None or not FIRST_YEAR <= found.year < LAST_YEAR:
        return None
    return found
