"""Pages of the users (利用者の画面)."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.forms import NewUserForm, PasswordForm, RolesForm
from app.accounts.labels import ROLE_LABELS
from app.accounts.models import ROLES_OF_KIND, Role, User
from app.accounts.queries import all_organizations, get_user, list_users
from app.accounts.routes.blueprint import blueprint
from app.accounts.services.users import (
    change_roles,
    create_user,
    disable_user,
    enable_user,
    set_password,
)
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db

Answer = str | Response | tuple[str, int]


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
    form = NewUserForm()
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
@roles(Role.ADMIN)
def user(user_id: int) -> str:
    """One user: body, roles, state of the account (利用者)."""
    found = get_user(user_id)
    form = RolesForm(roles=[role.value for role in found.roles])
    form.roles.choices = _role_choices(found)
    return _user_page(found, form, PasswordForm())


@blueprint.post("/users/<int:user_id>/roles")
@roles(Role.ADMIN)
def user_roles(user_id: int) -> Answer:
    """Change the roles of a user (役割の変更)."""
    actor, found = current_actor(), get_user(user_id)
    form = RolesForm()
    form.roles.choices = _role_choices(found)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                change_roles(found, form.chosen(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("役割を変えました。この利用者のログインは終わりました。", "status")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(found, form, PasswordForm()), 422


@blueprint.post("/users/<int:user_id>/password")
@roles(Role.ADMIN)
def user_password(user_id: int) -> Answer:
    """Set a new password for a user (パスワードの再設定)."""
    actor, found = current_actor(), get_user(user_id)
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
    roles_form = RolesForm(formdata=None, roles=[role.value for role in found.roles])
    roles_form.roles.choices = _role_choices(found)
    return _user_page(found, roles_form, form), 422


@blueprint.post("/users/<int:user_id>/disable")
@roles(Role.ADMIN)
def user_disable(user_id: int) -> Response:
    """Close an account (利用停止)."""
    actor, found = current_actor(), get_user(user_id)
    with unit_of_work():
        disable_user(found, actor=actor)
    flash("利用を停止しました。ログインは終わり、記録は残ります。", "status")
    return redirect(url_for("accounts.user", user_id=user_id))


@blueprint.post("/users/<int:user_id>/enable")
@roles(Role.ADMIN)
def user_enable(user_id: int) -> Response:
    """Open a closed account again (利用再開)."""
    actor, found = current_actor(), get_user(user_id)
    with unit_of_work():
        enable_user(found, actor=actor)
    flash("利用を再開しました。", "status")
    return redirect(url_for("accounts.user", user_id=user_id))


def _role_choices(found: User) -> dict[str, str]:
    fitting = ROLES_OF_KIND[found.organization.kind]
    return {role.value: ROLE_LABELS[role] for role in Role if role in fitting}


def _user_page(found: User, roles_form: RolesForm, password_form: PasswordForm) -> str:
    return render_template(
        "accounts/user.html", user=found, roles_form=roles_form, password_form=password_form
    )
