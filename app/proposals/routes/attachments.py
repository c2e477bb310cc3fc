"""Attachments of a proposal (添付): adding, replacing, removing, handing out."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.files.labels import MB
from app.files.serving import serve
from app.proposals.attachment_queries import FILE_NOT_FOUND, get_readable
from app.proposals.forms.attaching import AttachForm, RemoveForm, ReplaceForm
from app.proposals.models import Attachment, Proposal
from app.proposals.pages.addresses import place_of
from app.proposals.pages.attachments import (
    attachments_page,
    attachments_url,
    one_attachment_page,
)
from app.proposals.pages.parts import is_editable
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES, get_own, get_own_by_id
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services.attachments import (
    add_attachments,
    annex_fields,
    receive_uploads,
    remove_attachment,
    replace_attachment,
)
from app.workflow.states import State

# Of one post; a round may allow more in all, sent in several posts.
ONE_POST_BYTES = 200 * MB


@blueprint.route("/proposals/drafts/<int:proposal_id>/attachments", methods=["GET", "POST"])
@roles(*BODY_ROLES)
@takes_files(ONE_POST_BYTES)
def attachments_of_draft(proposal_id: int) -> Answer:
    """Add files to a draft (下書きの添付)."""
    actor = current_actor()
    return _attach(get_own_by_id(actor, proposal_id), actor, State.DRAFT)


@blueprint.route("/proposals/<receipt_number>/attachments", methods=["GET", "POST"])
@roles(*BODY_ROLES)
@takes_files(ONE_POST_BYTES)
def attachments_of_returned(receipt_number: str) -> Answer:
    """Add files to a returned proposal (補正の添付)."""
    actor = current_actor()
    return _attach(get_own(actor, receipt_number), actor, State.RETURNED)


def _attach(proposal: Proposal, actor: User, state: State) -> Answer:
    if request.method == "GET" and not (proposal.state is state and is_editable(proposal)):
        return redirect(place_of(proposal))
    form = AttachForm(annex_fields=annex_fields(proposal.round))
    if form.validate_on_submit():
        try:
            # The slow part first: nothing is locked while files are looked through and stored.
            received = receive_uploads(proposal, form.uploads(), actor=actor)
            with unit_of_work():
                add_attachments(proposal, form.to_command(received), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{len(received)}ファイルを添付しました。まだ提出していません。", "status")
            return redirect(attachments_url(proposal))
    if not form.is_submitted():
        form.version.data = str(proposal.version)
    page = attachments_page(proposal, actor, form)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/proposals/attachments/<public_id>")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def download_attachment(public_id: str) -> Response:
    """Hand out an attachment, to be saved (添付のダウンロード), only once it was checked."""
    return serve(get_readable(current_actor(), public_id).file)


@blueprint.route("/proposals/attachments/<public_id>/replace", methods=["GET", "POST"])
@roles(*BODY_ROLES)
@takes_files(ONE_POST_BYTES)
def replace(public_id: str) -> Answer:
    """Put a new version in the place of a file (添付の差替え)."""
    actor = current_actor()
    attachment = _own_attachment(actor, public_id)
    proposal = attachment.proposal
    if request.method == "GET" and not _is_replaceable(attachment):
        return redirect(place_of(proposal))
    form = ReplaceForm()
    if form.validate_on_submit():
        try:
            received = receive_uploads(proposal, form.uploads(), actor=actor, replaces=attachment)
            with unit_of_work():
                replace_attachment(attachment, form.to_command(received), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("新しい版に差し替えました。前の版は記録に残ります。", "status")
            return redirect(attachments_url(proposal))
    if not form.is_submitted():
        form.version.data = str(proposal.version)
    page = one_attachment_page("proposals/replace_attachment.html", attachment, actor, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/proposals/attachments/<public_id>/remove", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def remove(public_id: str) -> Answer:
    """Take a file off, after asking (添付の取外し)."""
    actor = current_actor()
    attachment = _own_attachment(actor, public_id)
    proposal = attachment.proposal
    if request.method == "GET" and not _is_replaceable(attachment):
        return redirect(place_of(proposal))
    form = RemoveForm()
    if form.validate_on_submit():
        with unit_of_work():
            remove_attachment(attachment, version=form.expected_version(), actor=actor)
        flash("添付を外しました。", "status")
        return redirect(attachments_url(proposal))
    form.version.data = str(proposal.version)
    page = one_attachment_page("proposals/remove_attachment.html", attachment, actor, form=form)
    return page, 422 if form.is_submitted() else 200


def _own_attachment(actor: User, public_id: str) -> Attachment:
    """Return the attachment of a proposal that the actor's body writes. Raises NotFound."""
    attachment = get_readable(actor, public_id)
    try:
        get_own_by_id(actor, attachment.proposal_id)
    except NotFound as error:
        # In the words of every missing file: a partner is told no more than a stranger.
        raise NotFound(FILE_NOT_FOUND) from error
    return attachment


def _is_replaceable(attachment: Attachment) -> bool:
    return attachment.removed_at is None and is_editable(attachment.proposal)
