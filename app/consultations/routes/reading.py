"""Reading threads (事前相談の一覧・やり取り)."""

from flask import render_template, request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.consultations.models import ConsultationState
from app.consultations.pages import list_page, thread_page
from app.consultations.queries import get_file, get_visible
from app.consultations.routes.blueprint import Answer, blueprint
from app.core.access import roles
from app.files.serving import serve
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES


@blueprint.get("/consultations")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def index() -> str:
    """List the threads (事前相談): a body's own, or all for the secretariat."""
    asked = request.args.get("state", "")
    state = ConsultationState(asked) if asked in list(ConsultationState) else None
    shown = list_page(current_actor(), state=state, asked=request.args)
    return render_template("consultations/index.html", **shown)


@blueprint.get("/consultations/<consultation_number>")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def show(consultation_number: str) -> Answer:
    """One thread with everything said, and the next step of the reader (やり取り)."""
    actor = current_actor()
    return thread_page(get_visible(actor, consultation_number), actor)


@blueprint.get("/consultations/<consultation_number>/files/<public_id>")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def download(consultation_number: str, public_id: str) -> Response:
    """Hand out a file of a thread (相談の資料), only once it was checked."""
    return serve(get_file(get_visible(current_actor(), consultation_number), public_id))
