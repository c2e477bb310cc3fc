"""Freezing, lifting, noting, printing (凍結と対応)."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.audit.services import Subject, record
from app.core.access import roles, signed_in
from app.core.document.pdf import to_pdf
from app.core.document.word import DOCX_TYPE, to_docx
from app.core.documents import PDF_TYPE
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.files.serving import disposition
from app.incidents.draft import TITLE, preliminary_draft
from app.incidents.forms import FreezeForm, LiftForm, StepForm
from app.incidents.handlers import HANDLERS
from app.incidents.labels import FROZEN_LABELS
from app.incidents.policy import authorize_lift
from app.incidents.queries import get_freeze, get_incident
from app.incidents.routes.blueprint import Answer, blueprint
from app.incidents.routes.reports import incident_page
from app.incidents.services import freeze, lift_freeze, note_step

PDF = "pdf"


@blueprint.post("/incidents/<int:incident_id>/freeze")
@signed_in
def freeze_target(incident_id: int) -> Response:
    """Freeze what a report names, with one press (凍結)."""
    actor = current_actor()
    form = FreezeForm()
    with unit_of_work():
        freeze(get_incident(actor, incident_id), form.wanted(), actor=actor)
    flash("凍結しました。いまから、だれが開いても「見つかりません」になります。", "status")
    return redirect(url_for("incidents.show", incident_id=incident_id))


@blueprint.route(
    "/incidents/<int:incident_id>/freezes/<int:freeze_id>/lift", methods=["GET", "POST"]
)
@roles(*HANDLERS)
def lift(incident_id: int, freeze_id: int) -> Answer:
    """Open again what was frozen (凍結の解除)."""
    actor = current_actor()
    incident = get_incident(actor, incident_id)
    frozen = get_freeze(incident, freeze_id)
    authorize_lift(actor, frozen)
    form = LiftForm()
    if form.validate_on_submit():
        with unit_of_work():
            lift_freeze(incident, frozen, form.reason.data or "", actor=actor)
        flash("凍結を解きました。", "status")
        return redirect(url_for("incidents.show", incident_id=incident_id))
    page = render_template(
        "incidents/lift.html", incident=incident, frozen=frozen, form=form, kinds=FROZEN_LABELS
    )
    return page, 422 if form.errors else 200


@blueprint.post("/incidents/<int:incident_id>/steps")
@roles(*HANDLERS)
def step(incident_id: int) -> Answer:
    """Note what was done (対応の記録)."""
    actor = current_actor()
    incident = get_incident(actor, incident_id)
    form = StepForm()
    if form.validate():
        try:
            with unit_of_work():
                note_step(incident, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("対応を記録しました。", "status")
            return redirect(url_for("incidents.show", incident_id=incident_id))
    return incident_page(incident, form), 422


@blueprint.post("/incidents/<int:incident_id>/draft")
@signed_in
def draft(incident_id: int) -> Response:
    """Take the draft of the 速報 out, as docx or PDF (速報の案)."""
    actor = current_actor()
    incident = get_incident(actor, incident_id)
    as_pdf = request.form.get("form") == PDF
    document = preliminary_draft(incident, made_by=actor.label)
    made = to_pdf(document) if as_pdf else to_docx(document)
    number = incident.number
    with unit_of_work():
        record(
            "incident.print_draft",
            Subject(type="incident", id=incident_id),
            actor=actor,
            changes={"form": PDF if as_pdf else "docx"},
        )
    response = make_response(made)
    response.headers["Content-Type"] = PDF_TYPE if as_pdf else DOCX_TYPE
    name = f"{TITLE}_{number}.{PDF if as_pdf else 'docx'}"
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response
