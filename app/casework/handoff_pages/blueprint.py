"""What the pages of the hand-offs of a case share (案件の送付・回答の共通部分)."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.accounts.queries import list_ministries
from app.casework.case_frame import case_frame
from app.consultations.services.writing import MEGABYTE, receive_files
from app.core import clock
from app.core.errors import InvalidInput, NotFound
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work
from app.files.services import Received
from app.handoffs.forms.of_case import FilesForm, destination_choices
from app.handoffs.models import Handoff
from app.handoffs.queries import NOT_FOUND, get_handoff
from app.proposals.attachment_queries import readable_attachments
from app.proposals.models import Attachment, Proposal
from app.proposals.queries import get_visible

blueprint = Blueprint("case_handoffs", __name__)

Answer = str | Response | tuple[str, int]
HANDOFF_FILES_BYTES = 60 * MEGABYTE


def open_handoff(receipt_number: str, handoff_id: int) -> Handoff:
    """Return a hand-off of the case in the address. Raises NotFound."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    handoff = get_handoff(actor, handoff_id)
    if handoff.proposal_id != proposal.id:
        raise NotFound(NOT_FOUND)
    return handoff


def carried_out(form: JaForm, work: Callable[[], object]) -> bool:
    """Do the work of a sent and valid form; put the refusals of the service at its fields."""
    return form.validate_on_submit() and _done(form, work)


def carried_out_with_files(form: FilesForm, work: Callable[[Sequence[Received]], object]) -> bool:
    """The same for a form with files: they pass the gate before the unit of work (受入検査)."""
    if not form.validate_on_submit():
        return False
    try:
        files = receive_files(form.uploads())
    except InvalidInput as error:
        form.add_errors(error.errors)
        return False
    return _done(form, lambda: work(files))


def _done(form: JaForm, work: Callable[[], object]) -> bool:
    try:
        with unit_of_work():
            work()
    except InvalidInput as error:
        form.add_errors(error.errors)
        return False
    return True


def page(template: str, proposal: Proposal, form: JaForm, **context: Any) -> Answer:
    """Render a page of the tab: 422 when its form was sent and refused, else 200."""
    actor = current_actor()
    rendered = render_template(
        template,
        case=case_frame(proposal, actor, tab="case_handoffs.show"),
        proposal=proposal,
        form=form,
        **context,
    )
    return rendered, 422 if form.errors or form.form_errors else 200


def back(proposal: Proposal) -> Response:
    """Go back to the tab 送付・回答."""
    return redirect(url_for("case_handoffs.show", receipt_number=proposal.receipt_number))


def files_now(proposal: Proposal, actor: User) -> list[Attachment]:
    """Files of the case that can go with a hand-off (今の添付)."""
    now, _ = readable_attachments(actor, proposal)
    return now


def destinations() -> list[Any]:
    """Destinations a case can be sent to today (送付先の選択肢)."""
    return destination_choices(list_ministries(), clock.today())
