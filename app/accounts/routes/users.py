"""Pages of the users (利用者の画面)."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.forms import LastDayForm, NewUserForm, PasswordForm, RolesForm
from app.accounts.labels import ROLE_LABELS, role_choices
from app.accounts.managed import get_managed_user
from app.accounts.models import Role, User
from app.accounts.policy import can_administer
from app.accounts.queries import (
    all_organizations,
    is_last_manager,
    list_users,
)
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.routes.body import MANAGERS, body_url
from app.accounts.services.users import (
    change_roles,
    create_user,
    disable_user,
    enable_user,
    set_last_day,
    set_password,
)
from app.core.access import roles
from app.core.eras import format_date
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db


@blueprint.get("/users")
@roles(Role.ADMIN)
def users() -> str:
    """All users, body by body (利用者の一覧)."""
    found = list(db.session.scalars(list_users()))
    return render_template("accounts/users.html", users=found, role_labels=ROLE_LABELS)


@blueprint.route("/users/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def new_user() -> Answer:
    """Register a user (利用者の登録)."""
    actor = current_actor()
    form = NewUserForm(organization_id=request.args.get("organization"))
    form.organization_id.choices = {str(body.id): body.name for body in all_organizations()}
    if form.validate_on_submit():
        try:
            with unit_of_work():
                created = create_user(form.to_command(), actor=actor)
                user_id, login = created.id, created.login
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"利用者 {login} を登録しました。パスワードを本人に渡してください。", "status")
            return redirect(url_for("accounts.user", user_id=user_id))
    page = render_template("accounts/new_user.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/users/<int:user_id>")
@roles(*MANAGERS)
def user(user_id: int) -> str:
    """One user: body, roles, state of the account (利用者)."""
    return _user_page(get_managed_user(current_actor(), user_id))


@blueprint.post("/users/<int:user_id>/roles")
@roles(*MANAGERS)
def user_roles(user_id: int) -> Answer:
    """Change the roles of a user (役割の変更)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    form = RolesForm()
    form.roles.choices = role_choices(found.organization.kind)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                change_roles(found, form.chosen(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("役割を変えました。この利用者のログインは終わりました。", "status")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(found, roles_form=form), 422


@blueprint.post("/users/<int:user_id>/last-day")
@roles(*MANAGERS)
def user_last_day(user_id: int) -> Answer:
    """Set the last day of an account (利用の末日)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    form = LastDayForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                set_last_day(found, form.chosen(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("利用の末日を変えました。", "status")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(found, last_day_form=form), 422


@blueprint.post("/users/<int:user_id>/password")
@roles(*MANAGERS)
def user_password(user_id: int) -> Answer:
    """Set a new password for a user (パスワードの再設定)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                set_password(found, form.password.data or "", actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("パスワードを変えました。本人に渡してください。", "status")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(found, password_form=form), 422


@blueprint.post("/users/<int:user_id>/disable")
@roles(*MANAGERS)
def user_disable(user_id: int) -> Response:
    """Close an account (利用停止)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    with unit_of_work():
        disable_user(found, actor=actor)
    flash("利用を停止しました。ログインは終わり、記録は残ります。", "status")
    return redirect(url_for("accounts.user", user_id=user_id))


@blueprint.post("/users/<int:user_id>/enable")
@roles(*MANAGERS)
def user_enable(user_id: int) -> Response:
    """Open a closed account again (利用再開)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    with unit_of_work():
        enable_user(found, actor=actor)
    flash("利用を再開しました。", "status")
    return redirect(url_for("accounts.user", user_id=user_id))


def _user_page(
    found: User,
    *,
    roles_form: RolesForm | None = None,
    last_day_form: LastDayForm | None = None,
    password_form: PasswordForm | None = None,
) -> str:
    if roles_form is None:
        roles_form = RolesForm(formdata=None, roles=[role.value for role in found.roles])
        roles_form.roles.choices = role_choices(found.organization.kind)
    return render_template(
        "accounts/user.html",
        user=found,
        roles_form=roles_form,
        last_day_form=last_day_form or LastDayForm(formdata=None, ends_on=_written(found)),
        password_form=password_form or PasswordForm(formdata=None),
        is_last_manager=is_last_manager(found),
        is_oneself=found.id == current_actor().id,
        can_administer=can_administer(current_actor()),
        body_url=body_url(found.organization_id),
    )


def _written(found: User) -> str:
    return format_date(found.ends_on) if found.ends_on else ""
