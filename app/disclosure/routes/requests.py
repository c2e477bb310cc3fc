"""List of the requests, a new one, and what is done with one (情報公開)."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.disclosure.bundle import withheld_list
from app.disclosure.forms import GROUND_CHOICES, HideForm, RequestForm, StepForm, WithholdForm
from app.disclosure.labels import GROUND_LABELS, KIND_LABELS, STATUS_LABELS, STATUS_TONES
from app.disclosure.models import DisclosureRequest, DisclosureStatus
from app.disclosure.policy import can_approve, can_prepare
from app.disclosure.queries import get_record, get_redaction, get_request, list_requests
from app.disclosure.redaction import redacted_text
from app.disclosure.routes.blueprint import Answer, blueprint
from app.disclosure.services import (
    approve,
    ask_approval,
    hand_out,
    hide_words,
    open_request,
    send_back,
    show_again,
    withhold,
)
from app.files.serving import disposition
from app.files.traces import traces_of
from app.proposals.queries import SECRETARIAT_ROLES


@blueprint.get("/disclosures")
@roles(*SECRETARIAT_ROLES)
def index() -> str:
    """Requests for disclosure by due date (開示請求の一覧)."""
    actor = current_actor()
    return render_template(
        "disclosure/index.html",
        requests=list_requests(actor),
        labels=STATUS_LABELS,
        tones=STATUS_TONES,
        may_prepare=can_prepare(actor),
    )


@blueprint.route("/disclosures/new", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def new() -> Answer:
    """Write a request down; the records of its cases are gathered (開示請求の登録)."""
    form = RequestForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                made_id = open_request(form.to_command(), actor=current_actor()).id
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("開示請求を登録し、対象の文書をそろえました。", "status")
            return redirect(url_for("disclosure.show", disclosure_id=made_id))
    page = render_template("disclosure/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/disclosures/<int:disclosure_id>")
@roles(*SECRETARIAT_ROLES)
def show(disclosure_id: int) -> str:
    """One request: its records as they will be handed out, and what is hidden (開示請求)."""
    found = get_request(current_actor(), disclosure_id)
    form = HideForm()
    form.offer(found)
    form.version.data = found.version
    return _page(found, form)


@blueprint.post("/disclosures/<int:disclosure_id>/hide")
@roles(Role.OFFICER, Role.LEAD)
def hide(disclosure_id: int) -> Answer:
    """Hide words wherever they stand (語句の不開示)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    form = HideForm()
    form.offer(found)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                count = hide_words(found, form.to_command(found), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{count}か所を不開示にしました。", "status")
            return _back(found)
    return _page(found, form), 422


@blueprint.post("/disclosures/<int:disclosure_id>/redactions/<int:redaction_id>/show-again")
@roles(Role.OFFICER, Role.LEAD)
def unhide(disclosure_id: int, redaction_id: int) -> Response:
    """Take one mark off (不開示の取消し)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    with unit_of_work():
        redaction = get_redaction(found, redaction_id)
        show_again(found, redaction, StepForm().seen_version, actor=actor)
    flash("この箇所の不開示を取り消しました。", "status")
    return _back(found)


@blueprint.post("/disclosures/<int:disclosure_id>/records/<int:record_id>/withhold")
@roles(Role.OFFICER, Role.LEAD)
def withhold_record(disclosure_id: int, record_id: int) -> Response:
    """Withhold the whole of a record, or hand it out again (文書全体の不開示)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    form = WithholdForm()
    with unit_of_work():
        withhold(found, get_record(found, record_id), form.to_command(), actor=actor)
    flash("文書の扱いを変えました。", "status")
    return _back(found)


@blueprint.post("/disclosures/<int:disclosure_id>/ask-approval")
@roles(Role.OFFICER, Role.LEAD)
def ask(disclosure_id: int) -> Response:
    """Ask a lead to look at it (承認の依頼)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    with unit_of_work():
        ask_approval(found, StepForm().to_decision(), actor=actor)
    flash("承認を求めました。別の総括が確かめます。", "status")
    return _back(found)


@blueprint.post("/disclosures/<int:disclosure_id>/send-back")
@roles(Role.OFFICER, Role.LEAD)
def reopen(disclosure_id: int) -> Response:
    """Open it again for changes (作成中に戻す)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    with unit_of_work():
        send_back(found, StepForm().to_decision(), actor=actor)
    flash("作成中に戻しました。直した後、もう一度承認を求めてください。", "status")
    return _back(found)


@blueprint.post("/disclosures/<int:disclosure_id>/approve")
@roles(Role.LEAD)
def confirm(disclosure_id: int) -> Response:
    """Approve what is handed out (開示の承認)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    with unit_of_work():
        approve(found, StepForm().to_decision(), actor=actor)
    flash("承認しました。開示文書を作れます。", "status")
    return _back(found)


@blueprint.post("/disclosures/<int:disclosure_id>/bundle")
@roles(Role.OFFICER, Role.LEAD)
def bundle(disclosure_id: int) -> Response:
    """The one file of an approved request (開示文書)."""
    actor = current_actor()
    found = get_request(actor, disclosure_id)
    with unit_of_work():
        content = hand_out(found, actor=actor)
        name = f"開示文書_{found.id}.zip"
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = disposition(name)
    return answer


def _back(found: DisclosureRequest) -> Response:
    return redirect(url_for("disclosure.show", disclosure_id=found.id))


def _page(found: DisclosureRequest, form: HideForm) -> str:
    actor = current_actor()
    return render_template(
        "disclosure/show.html",
        found=found,
        form=form,
        step=StepForm(version=found.version, formdata=None),
        is_open=found.status is DisclosureStatus.OPEN,
        is_asked=found.status is DisclosureStatus.AWAITING_APPROVAL,
        is_approved=found.status is DisclosureStatus.APPROVED,
        may_prepare=can_prepare(actor),
        may_approve=can_approve(actor, found),
        labels=STATUS_LABELS,
        tones=STATUS_TONES,
        kinds=KIND_LABELS,
        grounds=GROUND_LABELS,
        ground_choices=GROUND_CHOICES,
        redacted_text=redacted_text,
        traces_of=traces_of,
        withheld=withheld_list(found),
        failed=request.method == "POST",
    )
