"""Desk of the secretariat: public copies are made, looked at, published, taken back (公表)."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal, Publication, PublicationStatus
from app.proposals.queries import SECRETARIAT_ROLES, get_visible
from app.public.copying import content_of_case, editable_texts
from app.public.desk_view import MOST_SHOWN, desk_view
from app.public.forms import (
    TEXT_PREFIX,
    CopyForm,
    DiscardForm,
    PublishForm,
    WithdrawForm,
    copy_form,
)
from app.public.labels import PUBLICATION_STATUS_LABELS
from app.public.policy import authorize_prepare, authorize_withdraw, can_prepare, can_publish
from app.public.queries import COPY_NOT_FOUND, consent_of, copies_with, get_copy, versions_of
from app.public.routes.blueprint import Answer, blueprint
from app.public.scan import scan
from app.public.services import (
    discard_copy,
    prepare_copy,
    publish_copies,
    withdraw_publication,
)
from app.public.view import public_case
from app.rounds.choice import chosen_round


@blueprint.get("/publications")
@roles(*SECRETARIAT_ROLES)
def desk() -> str:
    """What may go out, waits, is announced, is public, was taken back (公表)."""
    actor, round_ = current_actor(), chosen_round()
    return render_template(
        "public/desk.html",
        round=round_,
        desk=desk_view(actor, round_),
        most_shown=MOST_SHOWN,
        may_prepare=actor.has_role(Role.OFFICER, Role.LEAD),
        is_lead=actor.has_role(Role.LEAD),
    )


@blueprint.route("/publications/new/<receipt_number>", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def prepare(receipt_number: str) -> Answer:
    """Word the public copy of a case (公表の写しの作成)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_prepare(actor, proposal)
    consent = consent_of(proposal)
    content = content_of_case(proposal)
    if consent is None or not consent.shows_view:
        content = {**content, "views": []}
    texts = editable_texts(content)
    form = copy_form(texts)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                copy = prepare_copy(proposal, form.to_command(), actor=actor)
                copy_id = copy.id
        except InvalidInput as error:
            _add_errors(form, error)
        else:
            flash("公表の写しを作りました。別の総括が確かめて公表します。", "status")
            return redirect(url_for("public.copy", publication_id=copy_id))
    if not form.is_submitted():
        form.version.data = proposal.version
    is_named = consent is not None and consent.is_named
    page = render_template(
        "public/prepare.html",
        proposal=proposal,
        form=form,
        consent=consent,
        hits=scan(proposal, texts, is_named=is_named),
        body_type=content["body_type"],
    )
    return page, 422 if form.is_submitted() else 200


def _add_errors(form: CopyForm, error: InvalidInput) -> None:
    names = {name.removeprefix(TEXT_PREFIX): name for name in form.text_keys()}
    form.add_errors({names.get(key, key): said for key, said in error.errors.items()})


@blueprint.get("/publications/<int:publication_id>")
@roles(*SECRETARIAT_ROLES)
def copy(publication_id: int) -> str:
    """A copy exactly as the public sees it, and what may be done with it (公表の確認)."""
    actor = current_actor()
    row = get_copy(actor, publication_id)
    return render_template(
        "public/copy.html",
        copy=row,
        case=public_case(row),
        versions=versions_of(row.proposal_id),
        status_labels=PUBLICATION_STATUS_LABELS,
        is_waiting=row.status is PublicationStatus.PREPARED,
        may_publish=can_publish(actor, row),
        may_discard=can_prepare(actor, row.proposal),
        discard_form=DiscardForm(version=row.version),
    )


@blueprint.post("/publications/<int:publication_id>/discard")
@roles(Role.OFFICER, Role.LEAD)
def discard(publication_id: int) -> Response:
    """Throw a waiting copy away (写しの取りやめ)."""
    actor = current_actor()
    row = get_copy(actor, publication_id)
    with unit_of_work():
        discard_copy(row, DiscardForm().to_command(), actor=actor)
    flash("公表の写しを取りやめました。公表はされていません。", "status")
    return redirect(url_for("public.desk"))


@blueprint.route("/publications/review", methods=["GET", "POST"])
@roles(Role.LEAD)
def review() -> Answer:
    """Copies as the public will see them, to be published together (公表の確認と公表)."""
    actor = current_actor()
    form = PublishForm()
    copies = _asked_copies(actor, form)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                publish_copies(form.to_command(copies), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{len(copies)}件の公表を決めました。", "status")
            return redirect(url_for("public.desk"))
    if not form.is_submitted():
        form.seen.data = ",".join(f"{row.id}:{row.version}" for row in copies)
    page = render_template(
        "public/review.html",
        form=form,
        copies=[(row, public_case(row), can_publish(actor, row)) for row in copies],
        may_publish=all(can_publish(actor, row) for row in copies),
    )
    return page, 422 if form.is_submitted() else 200


def _asked_copies(actor: User, form: PublishForm) -> list[Publication]:
    """Copies of the form, or those that were ticked on the desk. Raises NotFound."""
    if form.is_submitted():
        ids = list(form.seen_versions())
    else:
        ids = request.args.getlist("id", type=int)
    if not ids or any(not 0 < one < 2**31 for one in ids):
        raise NotFound(COPY_NOT_FOUND)
    return copies_with(actor, ids)


@blueprint.route("/publications/<int:publication_id>/withdraw", methods=["GET", "POST"])
@roles(Role.LEAD)
def withdraw(publication_id: int) -> Answer:
    """Take a case back from the public, with a reason (公表の取りやめ)."""
    actor = current_actor()
    row = get_copy(actor, publication_id)
    proposal: Proposal = row.proposal
    authorize_withdraw(actor, proposal)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                withdraw_publication(proposal, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{row.receipt_number}の公表を取りやめました。", "status")
            return redirect(url_for("public.desk"))
    page = render_template("public/withdraw.html", copy=row, form=form)
    return page, 422 if form.is_submitted() else 200
