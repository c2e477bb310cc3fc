"""Undoing a move or a line (取消しの画面)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.candidates.forms.undo import UndoForm
from app.candidates.policy import authorize_edit
from app.candidates.queries import get_visible_candidate
from app.candidates.routes.blueprint import Answer, blueprint
from app.candidates.routes.lists import back_to
from app.candidates.services.undo import (
    cancel_line,
    check_cancellable,
    move_to_take_back,
    undo_move,
)
from app.core.access import roles
from app.triage.routes.case import carried_out
from app.workflow.candidates import CANDIDATE_STATE_LABELS


@blueprint.route("/candidates/<int:candidate_id>/move/undo", methods=["GET", "POST"])
@roles(Role.LEAD)
def take_back(candidate_id: int) -> Answer:
    """Take the last move of the candidate back (進行の取消し)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_edit(actor)
    form = UndoForm(version=candidate.version)
    if carried_out(form, lambda: undo_move(candidate, form.to_command(), actor=actor)):
        label = CANDIDATE_STATE_LABELS[candidate.state]
        return back_to(
            candidate, f"「{candidate.name}」の進行を取り消し、「{label}」に戻しました。"
        )
    page = render_template(
        "candidates/take_back.html",
        candidate=candidate,
        form=form,
        last=move_to_take_back(candidate),
        labels=CANDIDATE_STATE_LABELS,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/candidates/<int:candidate_id>/cancel", methods=["GET", "POST"])
@roles(Role.LEAD)
def cancel(candidate_id: int) -> Answer:
    """Take a line that was entered by mistake off the list (行の取消し)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_edit(actor)
    form = UndoForm(version=candidate.version)
    name = candidate.name
    if carried_out(form, lambda: cancel_line(candidate, form.to_command(), actor=actor)):
        flash(f"「{name}」の行を取り消しました。", "status")
        return redirect(url_for("candidates.index"))
    check_cancellable(candidate)
    page = render_template("candidates/cancel.html", candidate=candidate, form=form)
    return page, 422 if form.errors or form.form_errors else 200
