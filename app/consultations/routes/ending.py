"""Ending a thread: as a draft, or without one (相談の終わり)."""

from flask import flash, redirect, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.consultations.forms import EndForm, TakeUpForm
from app.consultations.pages import make_draft_form, thread_page
from app.consultations.queries import get_visible
from app.consultations.routes.blueprint import Answer, blueprint
from app.consultations.services import settling
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.queries import BODY_ROLES


@blueprint.post("/consultations/<consultation_number>/draft")
@roles(*BODY_ROLES)
def make_draft(consultation_number: str) -> Answer:
    """Make a draft out of a thread (提案の下書きにする)."""
    actor = current_actor()
    consultation = get_visible(actor, consultation_number)
    form = make_draft_form(consultation, actor)
    if form.validate():
        try:
            with unit_of_work():
                draft = settling.make_draft(consultation, form.to_command(), actor=actor)
                draft_id = draft.id
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(
                "下書きにしました。件名を提案概要に、相談の内容を提案詳細に入れてあります。"
                "提案の形に直してください。",
                "status",
            )
            return redirect(url_for("proposals.edit_draft", proposal_id=draft_id))
    return thread_page(consultation, actor, drafting=form), 422


@blueprint.post("/consultations/<consultation_number>/end")
@roles(Role.OFFICER, Role.LEAD)
def end(consultation_number: str) -> Answer:
    """End a thread that leads to no proposal, with a reason (相談を終える)."""
    actor = current_actor()
    consultation = get_visible(actor, consultation_number)
    form = EndForm()
    if form.validate():
        try:
            with unit_of_work():
                settling.end(consultation, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("相談を終えました。理由は団体の画面に出ています。", "status")
            return redirect(url_for("consultations.show", consultation_number=consultation_number))
    return thread_page(consultation, actor, ending=form), 422


@blueprint.post("/consultations/<consultation_number>/take-up")
@roles(Role.OFFICER, Role.LEAD)
def take_up(consultation_number: str) -> Answer:
    """Take a thread up again that was ended (相談を再開する)."""
    actor = current_actor()
    consultation = get_visible(actor, consultation_number)
    form = TakeUpForm()
    if not form.validate():
        return thread_page(consultation, actor), 422
    with unit_of_work():
        settling.take_up(consultation, form.to_command(), actor=actor)
    flash("相談を再開しました。", "status")
    return redirect(url_for("consultations.show", consultation_number=consultation_number))
