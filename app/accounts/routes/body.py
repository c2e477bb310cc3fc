"""The page of one body (団体の画面): its people, invitations, settings. For who looks after it."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.forms import ApprovalForm, ClosureForm, CorrectionForm, PrivacyForm
from app.accounts.labels import KIND_LABELS, ORG_TYPE_LABELS, ROLE_LABELS
from app.accounts.managed import get_managed_body
from app.accounts.models import Organization, OrganizationKind, Role
from app.accounts.policy import can_administer
from app.accounts.queries import (
    get_body,
    merged_bodies,
    names_of,
    people_of_body,
)
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.services import closures
from app.accounts.services.bodies import set_requires_approval
from app.accounts.services.invitations import open_invitations
from app.accounts.services.master_data import request_correction, requests_of
from app.accounts.services.privacy import people_to_name, set_privacy
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work

MANAGERS = (Role.PROPOSER_MANAGER, Role.ADMIN)


@blueprint.get("/organization")
@roles(Role.PROPOSER_MANAGER)
def own_body() -> str:
    """The manager's own body (自団体)."""
    return _page(get_body(current_actor().organization_id))


@blueprint.get("/organizations/<int:organization_id>")
@roles(*MANAGERS)
def body(organization_id: int) -> str:
    """One body: people, invitations, settings, history (団体)."""
    return _page(get_managed_body(current_actor(), organization_id))


def _page(shown: Organization, privacy_form: PrivacyForm | None = None) -> str:
    actor = current_actor()
    return render_template(
        "accounts/body.html",
        body=shown,
        people=people_of_body(shown.id),
        invitations=open_invitations(shown.id),
        merged=merged_bodies(shown.id),
        names=names_of(shown.id),
        requests=requests_of(shown.id),
        approval_form=ApprovalForm(
            formdata=None,
            requires_approval=shown.requires_approval,
            version=shown.version,
        ),
        privacy_form=privacy_form or _privacy_form(shown),
        is_local=shown.kind is OrganizationKind.LOCAL_GOVERNMENT,
        can_administer=can_administer(actor),
        closed_ahead=[row for row in shown.closures if row.day >= clock.today()],
        kind_labels=KIND_LABELS,
        type_labels=ORG_TYPE_LABELS,
        role_labels=ROLE_LABELS,
        today=clock.today(),
    )


def _privacy_form(shown: Organization) -> PrivacyForm:
    form = PrivacyForm(
        formdata=None,
        responsible=str(shown.responsible_id or ""),
        contact=shown.privacy_contact,
        version=shown.version,
    )
    form.offer({person.id: person.display_name for person in people_to_name(shown)})
    return form


@blueprint.post("/organizations/<int:organization_id>/privacy")
@roles(*MANAGERS)
def body_privacy(organization_id: int) -> Answer:
    """Name who answers for personal data, and the contact (責任者・窓口)."""
    actor = current_actor()
    shown = get_managed_body(actor, organization_id)
    form = PrivacyForm()
    form.offer({person.id: person.display_name for person in people_to_name(shown)})
    if form.validate():
        try:
            with unit_of_work():
                set_privacy(shown, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("個人情報の責任者と窓口を登録しました。", "status")
            return redirect(body_url(organization_id))
    return _page(shown, form), 422


def body_url(organization_id: int) -> str:
    """Address of the page of a body: a manager's own one has a short address."""
    actor = current_actor()
    if actor.organization_id == organization_id and not can_administer(actor):
        return url_for("accounts.own_body")
    return url_for("accounts.body", organization_id=organization_id)


@blueprint.post("/organizations/<int:organization_id>/approval")
@roles(*MANAGERS)
def body_approval(organization_id: int) -> Response:
    """Switch the approval inside the body on or off (決裁を使う)."""
    actor = current_actor()
    shown = get_managed_body(actor, organization_id)
    form = ApprovalForm()
    with unit_of_work():
        set_requires_approval(
            shown, form.requires_approval.data, version=form.opened_version(), actor=actor
        )
    flash(
        "決裁を使う設定にしました。次の提出から、別の管理者の承認が要ります。"
        if form.requires_approval.data
        else "決裁を使わない設定にしました。管理者がそのまま提出できます。",
        "status",
    )
    return redirect(body_url(organization_id))


@blueprint.route("/organizations/<int:organization_id>/closures", methods=["GET", "POST"])
@roles(*MANAGERS)
def body_closures(organization_id: int) -> Answer:
    """Closed days of the body's own (団体の閉庁日): list and add."""
    actor = current_actor()
    shown = get_managed_body(actor, organization_id)
    form = ClosureForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                closures.add_closure(shown, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("閉庁日を登録しました。これから始まる補正の期限に効きます。", "status")
            return redirect(url_for("accounts.body_closures", organization_id=organization_id))
    page = render_template(
        "accounts/closures.html",
        body=shown,
        form=form,
        body_url=body_url(organization_id),
        today=clock.today(),
        most_per_year=closures.MOST_PER_YEAR,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/organizations/<int:organization_id>/closures/remove")
@roles(*MANAGERS)
def remove_closure(organization_id: int) -> Response:
    """Take a closed day out (閉庁日の取消し)."""
    actor = current_actor()
    shown = get_managed_body(actor, organization_id)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise NotFound(closures.NOT_LISTED) from error
    with unit_of_work():
        closures.remove_closure(shown, day, actor=actor)
    flash("閉庁日を取り消しました。決まっている期限は変わりません。", "status")
    return redirect(url_for("accounts.body_closures", organization_id=organization_id))


@blueprint.route("/organizations/<int:organization_id>/corrections", methods=["GET", "POST"])
@roles(*MANAGERS)
def body_corrections(organization_id: int) -> Answer:
    """Ask for a correction of the name, type or code of the body (団体情報の訂正依頼)."""
    actor = current_actor()
    shown = get_managed_body(actor, organization_id)
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                request_correction(shown, form.text.data or "", actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("訂正を依頼しました。結果はこの画面に出ます。", "status")
            return redirect(url_for("accounts.body_corrections", organization_id=organization_id))
    page = render_template(
        "accounts/corrections.html",
        body=shown,
        form=form,
        requests=requests_of(organization_id),
        body_url=body_url(organization_id),
        type_labels=ORG_TYPE_LABELS,
        today=clock.today(),
    )
    return page, 422 if form.is_submitted() else 200
