"""List of the hand-offs, by role (送付・回答、届いた案件); taking several at once."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.unit_of_work import unit_of_work
from app.handoffs.forms.desk import AcknowledgeAllForm
from app.handoffs.inbox import build_inbox
from app.handoffs.overview import overview_page
from app.handoffs.queries import MINISTRY_ROLES
from app.handoffs.received import get_received
from app.handoffs.routes.blueprint import blueprint
from app.handoffs.services.acknowledge import acknowledge_all
from app.proposals.queries import SECRETARIAT_ROLES
from app.rounds.choice import chosen_round

DONE = "done"
NOTHING_CHOSEN = "受領する案件を選んでください。"


@blueprint.get("/handoffs")
@roles(*MINISTRY_ROLES, *SECRETARIAT_ROLES)
def index() -> str:
    """Inbox of a ministry (届いた案件), by due date; its second tab holds what was answered.

    The secretariat reads all hand-offs of the round here (送付・回答).
    """
    actor = current_actor()
    if actor.has_role(*SECRETARIAT_ROLES):
        return overview_page(actor)
    asked = request.args.to_dict()
    is_done = asked.get("tab") == DONE
    inbox = build_inbox(actor, chosen_round(), asked=asked, is_done=is_done)
    return render_template(
        "handoffs/desk/index.html",
        inbox=inbox,
        may_acknowledge=actor.has_role(Role.MINISTRY_COORDINATOR) and not is_done,
    )


@blueprint.post("/handoffs/acknowledge")
@roles(Role.MINISTRY_COORDINATOR)
def acknowledge_chosen() -> Response:
    """Take the ticked hand-offs, all or none (まとめて受領)."""
    actor = current_actor()
    commands = AcknowledgeAllForm().chosen(request.form.getlist("chosen"))
    if not commands:
        flash(NOTHING_CHOSEN, "error")
        return redirect(url_for("handoffs.index"))
    chosen = [(get_received(actor, number), command) for number, command in commands.items()]
    with unit_of_work():
        acknowledge_all(chosen, actor=actor)
    flash(f"{len(chosen)}件を受領しました。回答の期限は、各案件の画面に出ています。", "status")
    return redirect(url_for("handoffs.index"))
