"""One case at the desk of a ministry (届いた案件): reading, taking, giving on, refusing."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Organization, Role, User
from app.accounts.queries import list_ministries
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.files.serving import serve
from app.handoffs.desk_view import desk_view
from app.handoffs.forms.desk import (
    AcknowledgeForm,
    AssignForm,
    RefuseForm,
    ReplyForm,
    reply_values,
)
from app.handoffs.inbox import PREVIEW, build_inbox
from app.handoffs.inbox_lines import OWED
from app.handoffs.models import Handoff
from app.handoffs.queries import MINISTRY_ROLES
from app.handoffs.received import get_file, get_received, people_for
from app.handoffs.reply_rules import HINTS, TEXT_LIMIT
from app.handoffs.routes.blueprint import Answer, blueprint
from app.handoffs.services.acknowledge import acknowledge
from app.handoffs.services.assign import assign_inside
from app.handoffs.services.refuse import refuse
from app.workflow.handoffs import HandoffPurpose

TAKEN = "受領しました。担当を決めて、回答の期限までに回答してください。"
INFORMED = "受領しました。情報提供のため、回答は要りません。"
REFUSED = "所管外として事務局に返しました。事務局が送り直します。"


@blueprint.get("/handoffs/<int:handoff_id>")
@roles(*MINISTRY_ROLES)
def desk(handoff_id: int) -> str:
    """One case with what the ministry has to do (届いた案件)."""
    actor = current_actor()
    return desk_page(get_received(actor, handoff_id), actor)


@blueprint.get("/handoffs/<int:handoff_id>/files/<public_id>")
@roles(*MINISTRY_ROLES)
def download(handoff_id: int, public_id: str) -> Response:
    """Hand out a file of a hand-off or of its replies (資料)."""
    return serve(get_file(get_received(current_actor(), handoff_id), public_id))


@blueprint.post("/handoffs/<int:handoff_id>/acknowledge")
@roles(Role.MINISTRY_COORDINATOR)
def acknowledge_one(handoff_id: int) -> Answer:
    """Take a hand-off (受領)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    with unit_of_work():
        acknowledge(handoff, AcknowledgeForm().to_command(), actor=actor)
    flash(INFORMED if handoff.purpose is HandoffPurpose.INFORMATION else TAKEN, "status")
    return redirect(url_for("handoffs.desk", handoff_id=handoff_id))


@blueprint.post("/handoffs/<int:handoff_id>/assign")
@roles(Role.MINISTRY_COORDINATOR)
def assign(handoff_id: int) -> Answer:
    """Give a hand-off to somebody of the ministry (省内の担当)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    form = AssignForm(people=people_for(actor, handoff))
    try:
        with unit_of_work():
            assign_inside(handoff, form.to_command(), actor=actor)
    except InvalidInput as error:
        form.add_errors(error.errors)
        return desk_page(handoff, actor, assigning=form), 422
    flash("省内の担当を変えました。", "status")
    return redirect(url_for("handoffs.desk", handoff_id=handoff_id))


@blueprint.post("/handoffs/<int:handoff_id>/refuse")
@roles(Role.MINISTRY_COORDINATOR)
def refuse_one(handoff_id: int) -> Answer:
    """Give a case back that belongs elsewhere (所管外として返す)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    form = RefuseForm(ministries=_others(handoff))
    if form.validate():
        try:
            with unit_of_work():
                refuse(handoff, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(REFUSED, "status")
            return redirect(url_for("handoffs.desk", handoff_id=handoff_id))
    return desk_page(handoff, actor, refusing=form), 422


def desk_page(handoff: Handoff, actor: User, **typed: Any) -> str:
    """The page of a hand-off; a form that was refused keeps what was typed.

    `typed` may hold `writing`, `assigning` or `refusing`.
    """
    view = desk_view(handoff, actor)
    last = view.earlier[-1].reply if view.earlier else None
    values = reply_values(handoff, view.reply, last)
    forms = {
        "taking": AcknowledgeForm(formdata=None, version=handoff.version),
        "writing": ReplyForm(formdata=None, data=values),
        "assigning": AssignForm(
            formdata=None,
            people=people_for(actor, handoff) if view.may_assign else [],
            version=handoff.version,
            assignee_id=str(handoff.assignee_id or ""),
        ),
        "refusing": RefuseForm(
            formdata=None,
            ministries=_others(handoff) if view.may_refuse else [],
            version=handoff.version,
        ),
        **typed,
    }
    is_done = view.line.state not in OWED
    return render_template(
        "handoffs/desk/show.html",
        view=view,
        handoff=handoff,
        proposal=handoff.proposal,
        inbox=build_inbox(actor, handoff.proposal.round, is_done=is_done, most=PREVIEW),
        hints={kind.value: words for kind, words in HINTS.items()},
        text_limit=TEXT_LIMIT,
        form=next(iter(typed.values()), None),
        **forms,
    )


def _others(handoff: Handoff) -> list[Organization]:
    today = clock.today()
    return [
        row
        for row in list_ministries()
        if row.id != handoff.destination_id and row.exists_on(today)
    ]
