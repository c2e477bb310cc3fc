"""Reporting, the list, one report (事故の報告)."""

import re

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.accounts.queries import bodies_without_contact
from app.core import clock
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput
from app.core.numbered_pages import cut_page
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.freezes.queries import frozen_among
from app.incidents.clocks import dates_of, duty_hints
from app.incidents.forms import FreezeForm, ReportForm, StepForm
from app.incidents.handlers import READERS
from app.incidents.labels import FROZEN_LABELS, STEP_LABELS
from app.incidents.models import Incident
from app.incidents.policy import can_freeze, can_handle, can_lift
from app.incidents.queries import (
    RECEIPT_NUMBER,
    contact_of_office,
    freezable,
    get_incident,
    incidents_seen,
)
from app.incidents.routes.blueprint import Answer, blueprint
from app.incidents.services import report_incident

PAGE_SIZE = 50
CASE_PATH = re.compile(rf"/proposals/({RECEIPT_NUMBER.pattern})(?:/|$)")


@blueprint.get("/incidents")
@signed_in
def index() -> str:
    """Reports the reader may know of, the newest first (事故・漏えいの報告)."""
    actor = current_actor()
    found = list(db.session.scalars(incidents_seen(actor)).unique())
    page = cut_page(found, request.args, size=PAGE_SIZE)
    return render_template(
        "incidents/index.html",
        sheet=page,
        total=len(found),
        dates={row.id: dates_of(row) for row in page.rows},
        today=clock.today(),
        reads_all=actor.has_role(*READERS),
        sees_bodies=actor.has_role(Role.ADMIN, Role.LEAD),
    )


@blueprint.route("/incidents/new", methods=["GET", "POST"])
@signed_in
def new() -> Answer:
    """Report an incident (事故・漏えいの報告)."""
    actor = current_actor()
    form = ReportForm(known_on=clock.today().isoformat(), concerned=_case_asked_about())
    if form.validate_on_submit():
        try:
            with unit_of_work():
                made_id = report_incident(form.to_command(), actor=actor).id
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("報告を受け付け、責任者と事務局にお知らせを出しました。", "status")
            return redirect(url_for("incidents.show", incident_id=made_id))
    page = render_template(
        "incidents/new.html", form=form, body=actor.organization, offices=contact_of_office()
    )
    return page, 422 if form.errors or form.form_errors else 200


def _case_asked_about() -> str:
    """Receipt number of the page the reader came from, "" for any other page."""
    found = CASE_PATH.match(request.args.get("about", ""))
    return found[1] if found else ""


@blueprint.get("/incidents/<int:incident_id>")
@signed_in
def show(incident_id: int) -> str:
    """One report: what happened, what is frozen, what is due (事故の報告)."""
    return incident_page(get_incident(current_actor(), incident_id), None)


@blueprint.get("/incidents/contacts")
@roles(Role.ADMIN, Role.LEAD)
def contacts() -> str:
    """Bodies that have named no 責任者 or no contact (責任者・窓口の未登録)."""
    found = list(db.session.scalars(bodies_without_contact()))
    return render_template(
        "incidents/contacts.html",
        sheet=cut_page(found, request.args, size=PAGE_SIZE),
        total=len(found),
        administers=current_actor().has_role(Role.ADMIN),
    )


def incident_page(incident: Incident, form: StepForm | None) -> str:
    """Show a report; `form` is one that was refused."""
    actor = current_actor()
    offered = freezable(actor, incident) if can_freeze(actor, incident) else []
    frozen = {
        (kind, target)
        for kind in FROZEN_LABELS
        for target in frozen_among(kind, [row.target for row in offered if row.kind is kind])
    }
    return render_template(
        "incidents/show.html",
        incident=incident,
        dates=dates_of(incident),
        hints=duty_hints(incident),
        offered=[row for row in offered if (row.kind, row.target) not in frozen],
        liftable={row.id for row in incident.freezes if can_lift(actor, row)},
        may_handle=can_handle(actor),
        form=form or _step_form(incident),
        freeze_form=FreezeForm(formdata=None),
        kinds=FROZEN_LABELS,
        step_labels=STEP_LABELS,
        today=clock.today(),
    )


def _step_form(incident: Incident) -> StepForm:
    return StepForm(formdata=None, version=str(incident.version), done_on=clock.today().isoformat())
