"""One reply at the secretariat (回答の確認): read, settled, examined again, explained."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.answers.earlier import departs_from
from app.answers.forms.examination import DifferenceForm, ReexamineForm, SettleForm
from app.answers.panel import reply_panel
from app.answers.policy import authorize_examine
from app.answers.queries import get_reply_file, get_sent_reply
from app.answers.routes.blueprint import Answer, blueprint
from app.answers.services.examination import explain_difference as explain
from app.answers.services.examination import reexamine as ask_again
from app.answers.services.examination import settle as settle_reply
from app.core.access import roles
from app.core.forms import JaForm
from app.files.serving import serve
from app.handoffs.models import Reply
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.triage.routes.case import carried_out


@blueprint.get("/replies/<int:reply_id>")
@roles(*SECRETARIAT_ROLES)
def show(reply_id: int) -> str:
    """The replies of a case, opened at one of them (回答の確認)."""
    actor = current_actor()
    reply = get_sent_reply(actor, reply_id)
    return render_template(
        "answers/show.html",
        reply=reply,
        proposal=reply.handoff.proposal,
        replies=reply_panel(reply.handoff.proposal, actor),
    )


@blueprint.route("/replies/<int:reply_id>/reexamine", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def reexamine(reply_id: int) -> Answer:
    """Ask the ministry to examine its reply again (再検討要請)."""
    reply = _examined(reply_id)
    handoff = reply.handoff
    form = ReexamineForm(version=handoff.version)
    if carried_out(form, lambda: ask_again(handoff, form.to_command(), actor=current_actor())):
        flash(f"{handoff.destination.name}に再検討を要請しました。", "status")
        return _back(reply)
    return _page("answers/reexamine.html", reply, form)


@blueprint.route("/replies/<int:reply_id>/settle", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def settle(reply_id: int) -> Answer:
    """Settle the reply (回答の確定)."""
    reply = _examined(reply_id)
    handoff = reply.handoff
    form = SettleForm(version=handoff.version)
    if carried_out(form, lambda: settle_reply(handoff, form.to_command(), actor=current_actor())):
        words = "" if reply.release_id else "団体にはまだ公開していません。"
        flash(f"{handoff.destination.name}の回答を確定しました。{words}", "status")
        return _back(reply)
    return _page("answers/settle.html", reply, form)


@blueprint.route("/replies/<int:reply_id>/difference", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def explain_difference(reply_id: int) -> Answer:
    """Write why the reply differs from that of an earlier round (前回と違う理由)."""
    actor = current_actor()
    reply = _examined(reply_id)
    form = DifferenceForm(version=reply.version, text=reply.why_different or "")
    if carried_out(form, lambda: explain(reply, form.to_command(), actor=actor)):
        flash(
            "前回と違う理由を登録しました。公開すると、回答といっしょに団体に見えます。", "status"
        )
        return _back(reply)
    return _page("answers/difference.html", reply, form, earlier=departs_from(actor, reply))


@blueprint.get("/replies/files/<public_id>")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def download_file(public_id: str) -> Response:
    """Hand out a file of a reply (回答の添付): to bodies after the release alone."""
    return serve(get_reply_file(current_actor(), public_id))


def _examined(reply_id: int) -> Reply:
    actor = current_actor()
    reply = get_sent_reply(actor, reply_id)
    authorize_examine(actor, reply.handoff.proposal)
    return reply


def _back(reply: Reply) -> Response:
    return redirect(url_for("answers.show", reply_id=reply.id))


def _page(template: str, reply: Reply, form: JaForm, **context: object) -> Answer:
    page = render_template(
        template, reply=reply, proposal=reply.handoff.proposal, form=form, **context
    )
    return page, 422 if form.errors or form.form_errors else 200
