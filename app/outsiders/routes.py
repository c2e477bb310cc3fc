"""Pages of the outsiders (部外者の画面)."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.labels import ROLE_LABELS
from app.accounts.managed import get_managed_body
from app.accounts.models import ROLES_OF_KIND, Role, User
from app.accounts.policy import can_manage
from app.accounts.queries import insiders_of_body
from app.accounts.services.users import create_user
from app.audit.reading import note_read
from app.audit.words import name_verbs
from app.core import clock
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outsiders.forms import NewOutsiderForm, TermsForm
from app.outsiders.labels import KIND_LABELS, OUTSIDER_WORDS
from app.outsiders.queries import (
    activity_of,
    bodies_to_join,
    get_managed_outsider,
    get_outsider,
    month_of,
    outsiders_for,
    reports_of,
)
from app.outsiders.services import change_terms

blueprint = Blueprint("outsiders", __name__)
name_verbs(OUTSIDER_WORDS)

MANAGERS = (Role.PROPOSER_MANAGER, Role.ADMIN)
Answer = str | Response | tuple[str, int]


@blueprint.get("/outsiders")
@signed_in
def index() -> str:
    """Outsiders the reader watches over or looks after (部外者の一覧)."""
    actor = current_actor()
    manages = actor.has_role(*MANAGERS)
    return render_template(
        "outsiders/index.html",
        outsiders=list(db.session.scalars(outsiders_for(actor)).unique()),
        kind_labels=KIND_LABELS,
        bodies=bodies_to_join(actor) if manages else [],
    )


@blueprint.get("/outsiders/<int:user_id>")
@signed_in
def show(user_id: int) -> str:
    """One outsider: terms, this month so far, monthly reports (部外者)."""
    actor = current_actor()
    found = get_outsider(actor, user_id)
    note_read("user", found.id)
    return render_template(
        "outsiders/show.html",
        outsider=found,
        supervisor=db.session.get(User, found.supervisor_id),
        kind=KIND_LABELS[found.outsider_kind] if found.outsider_kind else "",
        role_labels=ROLE_LABELS,
        reports=reports_of(found),
        so_far=activity_of(found.id, month_of(clock.today())),
        may_manage=can_manage(actor, found.organization),
    )


@blueprint.route("/organizations/<int:organization_id>/outsiders/new", methods=["GET", "POST"])
@roles(*MANAGERS)
def new(organization_id: int) -> Answer:
    """Make an account for somebody from outside (部外者の登録)."""
    actor = current_actor()
    body = get_managed_body(actor, organization_id)
    form = NewOutsiderForm()
    form.offer(insiders_of_body(body.id))
    form.offer_roles(ROLES_OF_KIND[body.kind])
    if form.validate_on_submit():
        try:
            with unit_of_work():
                created = create_user(form.to_command(body.id), actor=actor)
                user_id = created.id
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("部外者のアカウントを登録しました。パスワードを本人に渡してください。", "status")
            return redirect(url_for("outsiders.show", user_id=user_id))
    page = render_template("outsiders/new.html", form=form, body=body)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/outsiders/<int:user_id>/terms", methods=["GET", "POST"])
@roles(*MANAGERS)
def terms(user_id: int) -> Answer:
    """Change contract, end and supervisor of an outsider (立入りの条件の変更)."""
    actor = current_actor()
    found = get_managed_outsider(actor, user_id)
    form = TermsForm()
    form.offer(insiders_of_body(found.organization_id))
    if not form.is_submitted():
        form.show(found)
    elif form.validate():
        try:
            with unit_of_work():
                change_terms(found, form.terms(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("立入りの条件を変えました。この人のログインは終わりました。", "status")
            return redirect(url_for("outsiders.show", user_id=user_id))
    page = render_template("outsiders/terms.html", form=form, outsider=found)
    return page, 422 if form.is_submitted() else 200
