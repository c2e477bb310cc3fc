"""Pages of the invitations (招待の画面)."""

from urllib.parse import quote

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.forms import AcceptForm, InviteForm
from app.accounts.labels import ROLE_LABELS, role_choices
from app.accounts.managed import get_managed_body
from app.accounts.models import Invitation, Role
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.routes.body import MANAGERS, body_url
from app.accounts.services.invitation_links import find_usable
from app.accounts.services.invitations import (
    NOT_USABLE,
    accept_invitation,
    get_open_invitation,
    invite,
    revoke,
)
from app.core.access import public, roles
from app.core.eras import format_datetime
from app.core.errors import InvalidInput, NotFound
from app.core.letterhead import absolute_url
from app.core.unit_of_work import unit_of_work

# Far longer than any token of ours.
LONGEST_TOKEN = 200


@blueprint.route("/organizations/<int:organization_id>/invitations/new", methods=["GET", "POST"])
@roles(*MANAGERS)
def new_invitation(organization_id: int) -> Answer:
    """Invite a person; the link is shown once, on the page that follows (招待)."""
    actor = current_actor()
    body = get_managed_body(actor, organization_id)
    form = InviteForm()
    form.roles.choices = role_choices(body.kind)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                invitation, token = invite(body, form.to_command(), actor=actor)
                invitation_id = invitation.id
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            # Not redirected: the token is stored nowhere, this answer is the only one to have it.
            return _shown_once(get_open_invitation(body, invitation_id), token)
    page = render_template(
        "accounts/new_invitation.html", form=form, body=body, body_url=body_url(organization_id)
    )
    return page, 422 if form.is_submitted() else 200


def _shown_once(invitation: Invitation, token: str) -> str:
    link = absolute_url(url_for("accounts.accept", token=token))
    subject = "共通化提案トリアージの利用者登録のお願い"
    words = (
        f"{invitation.organization.name} {invitation.display_name} 様\r\n\r\n"
        f"次のリンクを開き、ログインIDとパスワードを決めてください。\r\n{link}\r\n\r\n"
        f"使えるのは1度だけ、{format_datetime(invitation.expires_at)}までです。\r\n"
    )
    return render_template(
        "accounts/invited.html",
        body=invitation.organization,
        invitation=invitation,
        link=link,
        # Written by the manager's own mail program: the outbox would keep the token in clear.
        mail_link=f"mailto:{quote(invitation.email)}?subject={quote(subject)}&body={quote(words)}",
        body_url=body_url(invitation.organization_id),
    )


@blueprint.post("/organizations/<int:organization_id>/invitations/<int:invitation_id>/revoke")
@roles(*MANAGERS)
def revoke_invitation(organization_id: int, invitation_id: int) -> Response:
    """Take an open invitation back (招待の取消し)."""
    actor = current_actor()
    body = get_managed_body(actor, organization_id)
    invitation = get_open_invitation(body, invitation_id)
    with unit_of_work():
        revoke(invitation, actor=actor)
    flash("招待を取り消しました。リンクはもう使えません。", "status")
    return redirect(body_url(organization_id))


@blueprint.route("/invitation", methods=["GET", "POST"])
@public
def accept() -> Answer:
    """Make one's account with the link of an invitation (招待の受諾).

    The token stands in the query, which no log keeps; a path would be kept.
    """
    form = AcceptForm()
    if request.method in ("GET", "HEAD"):
        form.token.data = request.args.get("token", "")
    token = (form.token.data or "")[:LONGEST_TOKEN]
    invitation = find_usable(token)
    if invitation is None:
        raise NotFound(NOT_USABLE)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                login = accept_invitation(form.to_command()).login
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"ログインID {login} を登録しました。ログインしてください。", "status")
            return redirect(url_for("accounts.login"))
    page = render_template(
        "accounts/accept.html",
        form=form,
        invitation=invitation,
        role_words=[ROLE_LABELS[Role(role)] for role in invitation.roles],
        other=current_user.label if current_user.is_authenticated else None,
    )
    return page, 422 if form.is_submitted() else 200
