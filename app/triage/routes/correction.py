"""Return to the body (差戻し): rows to write, a preview of the letter, the sending."""

from flask import flash, redirect, request

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.posted_form import will_lead_to
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.triage.checklist import CheckLine, LineState
from app.triage.forms.base import CaseForm
from app.triage.forms.correction import MOST_ROWS
from app.triage.models import CheckVerdict
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, case_url, flash_done, open_case
from app.triage.routes.form_check_page import (
    Forms,
    form_check_page,
    preview_of,
    read_forms,
    tell_errors,
)
from app.triage.routes.next_case import way_on
from app.triage.services.check_marks import mark_lines
from app.triage.services.form_check import check_corrections, return_for_correction
from app.triage.worklist import Pile
from app.workflow.states import Action, State

# Buttons that change the page and send nothing.
PREVIEW, ADD, TAKE = "preview", "add", "take"
EVERY_PROBLEM = "every"
NO_ROOM = f"補正の項目は{MOST_ROWS}行までです。空の行に書くか、理由をまとめてください。"


@blueprint.post("/proposals/<receipt_number>/return", endpoint="return_for_correction")
@roles(Role.OFFICER, Role.LEAD)
def return_case(receipt_number: str) -> Answer:
    """Return the case to its body (差戻し), or go on writing the letter."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.RETURN_FOR_CORRECTION)
    forms = read_forms(proposal)
    if ADD in request.form:
        forms.correction.add_rows()
        return form_check_page(proposal, forms, forms.check)
    if TAKE in request.form:
        _take(forms, request.form[TAKE])
        return form_check_page(proposal, forms, forms.check)
    if PREVIEW in request.form:
        return _preview(proposal, forms)
    place, following = case_url(proposal), way_on(proposal, Pile.FORM_CHECK)
    will_lead_to(place)
    if not (forms.correction.validate() and _sent(proposal, forms, actor)):
        return form_check_page(proposal, forms, _with_errors(forms))
    flash_done(
        f"{receipt_number}を団体へ差し戻しました。依頼の文は団体の画面に出ています。"
        "事務局の期限は、再提出まで止まります。",
        following,
    )
    return redirect(place)


def _take(forms: Forms, key: str) -> None:
    """Take one problem of the checklist over into the letter, or every one (補正の文に入れる)."""
    wanted = [
        (line, row.reason.data or "")
        for line, row in forms.check.rows
        if line.key == key or (key == EVERY_PROBLEM and _is_problem(line, row.verdict.data))
    ]
    has_room = [forms.correction.take(line, typed=typed) for line, typed in wanted]
    if not all(has_room):
        flash(NO_ROOM, "status")


def _is_problem(line: CheckLine, chosen: str | None) -> bool:
    return line.state is LineState.PROBLEM or chosen == CheckVerdict.PROBLEM


def _preview(proposal: Proposal, forms: Forms) -> Answer:
    form = forms.correction
    if not form.validate():
        return form_check_page(proposal, forms, form)
    try:
        check_corrections(proposal, form.to_command().items)
    except InvalidInput as error:
        tell_errors(forms, error)
        return form_check_page(proposal, forms, form)
    return form_check_page(proposal, forms, form, preview=preview_of(proposal, form))


def _sent(proposal: Proposal, forms: Forms, actor: User) -> bool:
    try:
        with unit_of_work():
            if proposal.state is State.SUBMITTED:
                mark_lines(proposal, forms.check.to_marks(), actor=actor)
            return_for_correction(proposal, forms.correction.to_command(), actor=actor)
    except InvalidInput as error:
        tell_errors(forms, error)
        return False
    return True


def _with_errors(forms: Forms) -> CaseForm:
    return forms.correction if forms.correction.errors else forms.check
