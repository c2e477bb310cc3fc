"""Form check (形式確認): the checklist, saved while one works; acceptance; taking over."""

from collections.abc import Callable

from flask import flash, jsonify, redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core import clock
from app.core.access import roles
from app.core.eras import format_datetime_short
from app.core.errors import InvalidInput
from app.core.posted_form import will_lead_to
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.triage.checklist import checklist_of
from app.triage.forms.form_check import FormCheckForm, TakeOverForm
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, case_url, flash_done, open_case
from app.triage.routes.form_check_page import (
    STATE_WORDS,
    Forms,
    form_check_page,
    read_forms,
    tell_errors,
)
from app.triage.routes.next_case import way_on
from app.triage.services.check_marks import mark_lines, take_over
from app.triage.services.form_check import accept
from app.triage.worklist import Pile
from app.workflow.states import Action

JSON = "application/json"


@blueprint.get("/proposals/<receipt_number>/form-check", endpoint="form_check")
@roles(Role.OFFICER, Role.LEAD)
def form_check(receipt_number: str) -> Answer:
    """Checklist of the form, with acceptance and return (形式確認)."""
    proposal = open_case(receipt_number, Action.RETURN_FOR_CORRECTION)
    forms = read_forms(proposal)
    return form_check_page(proposal, forms, forms.check)


@blueprint.post("/proposals/<receipt_number>/form-check", endpoint="save_form_check")
@roles(Role.OFFICER, Role.LEAD)
def save_form_check(receipt_number: str) -> Answer:
    """Keep the marks of the checklist (確認の保存); a script asks for JSON, and stays."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ACCEPT)
    forms = read_forms(proposal)
    is_saved = forms.check.validate() and _done(
        forms, lambda: mark_lines(proposal, forms.check.to_marks(), actor=actor)
    )
    if request.accept_mimetypes.best == JSON:
        return _saved_words(proposal, forms.check, is_saved=is_saved)
    if not is_saved:
        return form_check_page(proposal, forms, forms.check)
    flash("確認の結果を保存しました。まだ受理していません。", "status")
    return redirect(url_for("triage.form_check", receipt_number=receipt_number))


@blueprint.post("/proposals/<receipt_number>/accept", endpoint="accept")
@roles(Role.OFFICER, Role.LEAD)
def accept_form(receipt_number: str) -> Answer:
    """Keep the marks and accept the form (受理)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ACCEPT)
    forms = read_forms(proposal)

    place, following = case_url(proposal), way_on(proposal, Pile.FORM_CHECK)

    def work() -> None:
        mark_lines(proposal, forms.check.to_marks(), actor=actor)
        accept(proposal, forms.check.to_command(), actor=actor)

    will_lead_to(place)
    if not (forms.check.validate() and _done(forms, work)):
        return form_check_page(proposal, forms, forms.check)
    flash_done(f"{receipt_number}を受理しました。次は総括が担当を割り当てます。", following)
    return redirect(place)


@blueprint.post("/proposals/<receipt_number>/take-over", endpoint="take_over")
@roles(Role.OFFICER, Role.LEAD)
def take_over_case(receipt_number: str) -> Answer:
    """Take the form check of a resubmission over from a colleague (引継ぎ)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ACCEPT)
    form = TakeOverForm(version=proposal.version)
    if not form.validate():
        forms = read_forms(proposal)
        return form_check_page(proposal, forms, form)
    with unit_of_work():
        take_over(proposal, form.to_command(), actor=actor)
    flash(f"{receipt_number}の形式確認を引き継ぎました。", "status")
    return redirect(url_for("triage.form_check", receipt_number=receipt_number))


def _done(forms: Forms, work: Callable[[], object]) -> bool:
    """Do the work in one transaction; put the refusals of the services at their lines."""
    try:
        with unit_of_work():
            work()
    except InvalidInput as error:
        tell_errors(forms, error)
        return False
    return True


def _saved_words(proposal: Proposal, form: FormCheckForm, *, is_saved: bool) -> Answer:
    """Answer a script: what was saved, how each line stands now, or why it was refused."""
    if not is_saved:
        words = [message for _id, _label, message in form.error_list()]
        refusal = jsonify(words="、".join([*words, *form.form_errors]), lines=[])
        refusal.status_code = 422
        return refusal
    lines = checklist_of(proposal)
    unsettled = sum(not line.is_settled for line in lines)
    rest = f"残り{unsettled}項目" if unsettled else "すべて確認済み"
    return jsonify(
        words=f"{format_datetime_short(clock.now())}に保存しました（{rest}）",
        lines=[
            {
                "item": line.key,
                "version": line.mark.version if line.mark else 0,
                "label": STATE_WORDS[line.state][0],
                "tone": STATE_WORDS[line.state][1],
                "is_settled": line.is_settled,
            }
            for line in lines
        ],
    )
