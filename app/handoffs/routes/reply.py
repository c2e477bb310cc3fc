"""Writing, approving and sending a reply (回答の作成・確認・送付)."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.consultations.services.writing import MEGABYTE, receive_files
from app.core.access import roles
from app.core.errors import IllegalTransition, InvalidInput
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.handoffs.desk_policy import authorize_write, check_writable, is_coordinator
from app.handoffs.desk_view import desk_view
from app.handoffs.forms.desk import ReplyForm, ReturnForm, SeenForm
from app.handoffs.models import Handoff
from app.handoffs.queries import MINISTRY_ROLES, current_reply
from app.handoffs.received import get_received
from app.handoffs.reply_rules import problems_of_reply
from app.handoffs.routes.blueprint import Answer, blueprint
from app.handoffs.routes.desk import desk_page
from app.handoffs.services import draft
from app.handoffs.services.send_reply import send_reply
from app.workflow.handoffs import REPLY_KIND_LABELS, ReplyStatus

REPLY_FILES_BYTES = 60 * MEGABYTE
TO_CHECK = "check"


@blueprint.post("/handoffs/<int:handoff_id>/reply")
@roles(*MINISTRY_ROLES)
@takes_files(REPLY_FILES_BYTES)
def write_reply(handoff_id: int) -> Answer:
    """Keep the draft; the button of the next step goes on to the check page (下書き保存)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    form = ReplyForm()
    if form.validate():
        try:
            authorize_write(actor, handoff)
            files = receive_files(form.uploads())
            with unit_of_work():
                draft.save_reply(handoff, form.to_command(files), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_saving(handoff, form, actor)
    return desk_page(handoff, actor, writing=form), 422


@blueprint.get("/handoffs/<int:handoff_id>/reply/check")
@roles(*MINISTRY_ROLES)
def check_reply(handoff_id: int) -> Answer:
    """What goes out, exactly (回答の確認), with the button of the next step."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    authorize_write(actor, handoff)
    check_writable(handoff)
    return _check_page(handoff, actor)


@blueprint.post("/handoffs/<int:handoff_id>/reply/ask")
@roles(*MINISTRY_ROLES)
def ask_approval(handoff_id: int) -> Answer:
    """Ask the coordinators to look at it and send it (窓口に確認を頼む)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    try:
        with unit_of_work():
            draft.ask_approval(handoff, SeenForm().seen(), actor=actor)
    except InvalidInput as error:
        return _refused(handoff, actor, error)
    flash("窓口に確認を頼みました。送るのは窓口です。", "status")
    return _back(handoff_id)


@blueprint.post("/handoffs/<int:handoff_id>/reply/take-back")
@roles(*MINISTRY_ROLES)
def take_back_reply(handoff_id: int) -> Answer:
    """Make a reply that waits for approval a draft again (下書きに戻す)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    with unit_of_work():
        draft.take_back_reply(handoff, SeenForm().seen(), actor=actor)
    flash("下書きに戻しました。直してから、もう一度確認へ進んでください。", "status")
    return _back(handoff_id)


@blueprint.post("/handoffs/<int:handoff_id>/reply/return")
@roles(Role.MINISTRY_COORDINATOR)
def return_reply(handoff_id: int) -> Answer:
    """Give a reply back to who wrote it (担当に戻す)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    form = ReturnForm()
    if form.validate():
        with unit_of_work():
            draft.return_reply(handoff, form.to_command(), actor=actor)
        flash("書いた人に戻しました。", "status")
        return _back(handoff_id)
    return _check_page(handoff, actor, returning=form), 422


@blueprint.post("/handoffs/<int:handoff_id>/reply/send")
@roles(Role.MINISTRY_COORDINATOR)
def send(handoff_id: int) -> Answer:
    """Send the reply to the secretariat (回答を送る)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    try:
        with unit_of_work():
            send_reply(handoff, SeenForm().seen(), actor=actor)
    except InvalidInput as error:
        return _refused(handoff, actor, error)
    flash("回答を事務局に送りました。送った文は変えられません。", "status")
    return _back(handoff_id)


@blueprint.post("/handoffs/<int:handoff_id>/reply/files/<public_id>/remove")
@roles(*MINISTRY_ROLES)
def remove_reply_file(handoff_id: int, public_id: str) -> Answer:
    """Take a file off the draft (添付を外す)."""
    actor = current_actor()
    handoff = get_received(actor, handoff_id)
    with unit_of_work():
        draft.remove_file(handoff, SeenForm().seen(), public_id, actor=actor)
    flash("添付を外しました。", "status")
    return _back(handoff_id)


def _after_saving(handoff: Handoff, form: ReplyForm, actor: User) -> Answer:
    if request.form.get("step") != TO_CHECK:
        flash("下書きを保存しました。まだ送っていません。", "status")
        return _back(handoff.id)
    command = form.to_command(())
    problems = problems_of_reply(command.kind, command.text, command.planned_on)
    if not problems:
        return redirect(url_for("handoffs.check_reply", handoff_id=handoff.id))
    reply = current_reply(handoff)
    # It was saved: the form goes on from the version that was made.
    shown = ReplyForm(formdata=None, data={**form.data, "version": reply.version if reply else 0})
    shown.add_errors(problems)
    return desk_page(handoff, actor, writing=shown), 422


def _check_page(handoff: Handoff, actor: User, *, returning: ReturnForm | None = None) -> str:
    reply = current_reply(handoff)
    if reply is None:
        raise IllegalTransition(draft.NO_DRAFT)
    seen = {"round_number": handoff.round_number, "version": reply.version}
    view = desk_view(handoff, actor)
    return render_template(
        "handoffs/desk/check.html",
        handoff=handoff,
        proposal=handoff.proposal,
        view=view,
        reply=reply,
        kind=REPLY_KIND_LABELS[reply.kind] if reply.kind else "",
        problems=problems_of_reply(reply.kind, reply.text, reply.planned_on),
        seen=SeenForm(formdata=None, **seen),
        returning=returning or ReturnForm(formdata=None, **seen),
        form=returning,
        may_send=is_coordinator(actor, handoff),
        is_awaiting=reply.status is ReplyStatus.AWAITING_APPROVAL,
        is_own=reply.drafted_by_id == actor.id,
    )


def _refused(handoff: Handoff, actor: User, error: InvalidInput) -> Answer:
    flash("、".join(words for said in error.errors.values() for words in said) + "。", "error")
    return _check_page(handoff, actor), 422


def _back(handoff_id: int) -> Response:
    return redirect(url_for("handoffs.desk", handoff_id=handoff_id))
