"""Asking and answering (相談・回答の入力)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.consultations.forms import AskForm
from app.consultations.pages import rounds_to_ask_about, thread_page, write_form
from app.consultations.policy import can_answer
from app.consultations.queries import get_visible
from app.consultations.routes.blueprint import Answer, blueprint
from app.consultations.services import writing
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.proposals.queries import BODY_ROLES

# Together, in one request; each file has its own limit besides.
MESSAGE_FILES_BYTES = 60 * writing.MEGABYTE


@blueprint.route("/consultations/new", methods=["GET", "POST"])
@roles(*BODY_ROLES)
@takes_files(MESSAGE_FILES_BYTES)
def new() -> Answer:
    """Write a new thread (事前相談を書く)."""
    actor = current_actor()
    form = AskForm(rounds=rounds_to_ask_about(actor))
    if form.validate_on_submit():
        try:
            files = writing.receive_files(form.uploads())
            with unit_of_work():
                number = writing.ask(form.to_command(files), actor=actor).number
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("事務局に送りました。回答は、この画面に出ます。", "status")
            return redirect(url_for("consultations.show", consultation_number=number))
    page = render_template("consultations/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/consultations/<consultation_number>/messages")
@roles(*BODY_ROLES, Role.OFFICER, Role.LEAD)
@takes_files(MESSAGE_FILES_BYTES)
def write(consultation_number: str) -> Answer:
    """Add to a thread: the body asks more, the secretariat answers (追記・回答)."""
    actor = current_actor()
    consultation = get_visible(actor, consultation_number)
    form = write_form(actor)
    if form.validate():
        act = writing.answer if can_answer(actor) else writing.add_question
        try:
            files = writing.receive_files(form.uploads())
            with unit_of_work():
                act(consultation, form.to_command(files), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            told = "回答しました。団体の画面に出ています。"
            flash(
                told if can_answer(actor) else "書き足しました。回答は、この画面に出ます。",
                "status",
            )
            return redirect(url_for("consultations.show", consultation_number=consultation_number))
    return thread_page(consultation, actor, writing=form), 422
