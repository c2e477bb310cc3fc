"""Form check (形式確認): accept, or return to the body, on one page."""

from typing import NamedTuple

from flask import redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core import clock
from app.core.access import roles
from app.core.calendar import DEFAULT_CALENDAR
from app.core.text import count_characters
from app.proposals.content import (
    FIELD_LABELS,
    REQUIRED_FIELDS,
    VIEWPOINTS,
    field_limits,
    hardship_and_effect_length,
    problems_of,
    viewpoint_marks,
)
from app.proposals.models import Proposal
from app.proposals.presentation import due_on
from app.proposals.queries import corrections_of, revisions_of
from app.triage.forms.form_check import AcceptForm, ReturnForm
from app.triage.routes import desk
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    carried_out,
    case_page,
    case_url,
    flash_done,
    next_item,
    open_case,
)
from app.triage.services import form_check as services
from app.triage.worklist import Pile
from app.workflow.states import Action, State
from app.workflow.terms import Term

PREVIEW = "preview"


class CheckLine(NamedTuple):
    """A line of the checklist (確認項目): what is looked at, what was found, whether it is good."""

    label: str
    found: str
    problems: list[str]


@blueprint.get("/proposals/<receipt_number>/form-check", endpoint="form_check")
@roles(Role.OFFICER, Role.LEAD)
def form_check(receipt_number: str) -> Answer:
    """Checklist of the form, with acceptance and return (形式確認)."""
    proposal = open_case(receipt_number, Action.RETURN_FOR_CORRECTION)
    accept_form = AcceptForm(version=proposal.version)
    return _page(proposal, accept_form, ReturnForm(version=proposal.version), accept_form)


@blueprint.post("/proposals/<receipt_number>/accept")
@roles(Role.OFFICER, Role.LEAD)
def accept(receipt_number: str) -> Answer:
    """Accept the form (受理)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ACCEPT)
    form = AcceptForm(version=proposal.version)
    if carried_out(form, lambda: services.accept(proposal, form.to_command(), actor=actor)):
        flash_done(
            f"{receipt_number}を受理しました。次は総括が担当を割り当てます。",
            next_item(actor, proposal, Pile.FORM_CHECK),
        )
        return redirect(case_url(proposal))
    return _page(proposal, form, ReturnForm(formdata=None, version=proposal.version), form)


@blueprint.post("/proposals/<receipt_number>/return", endpoint="return_for_correction")
@roles(Role.OFFICER, Role.LEAD)
def return_for_correction(receipt_number: str) -> Answer:
    """Return the case to its body (差戻し), or show first what the body will read."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.RETURN_FOR_CORRECTION)
    form = ReturnForm(version=proposal.version)
    is_preview = PREVIEW in request.form and form.validate()
    if PREVIEW not in request.form and carried_out(
        form,
        lambda: services.return_for_correction(proposal, form.to_command(), actor=actor),
    ):
        flash_done(
            f"{receipt_number}を団体へ差し戻しました。団体に知らせ、事務局の期限は止まります。",
            next_item(actor, proposal, Pile.FORM_CHECK),
        )
        return redirect(url_for("casework.show", receipt_number=receipt_number))
    accept_form = AcceptForm(formdata=None, version=proposal.version)
    return _page(proposal, accept_form, form, form, is_preview=is_preview)


def _page(
    proposal: Proposal,
    accept_form: AcceptForm,
    return_form: ReturnForm,
    active: AcceptForm | ReturnForm,
    *,
    is_preview: bool = False,
) -> Answer:
    corrections = corrections_of(proposal)
    correction_days = proposal.round.office_days(Term.CORRECTION)
    return case_page(
        "triage/form_check.html",
        proposal,
        active,
        accept_form=accept_form,
        return_form=return_form,
        can_accept=proposal.state is State.SUBMITTED,
        checklist=checklist(proposal),
        sections=desk.text_sections(proposal),
        facts=desk.text_facts(proposal),
        last_correction=corrections[-1] if corrections else None,
        changed_labels=changed_labels(proposal),
        field_labels=FIELD_LABELS,
        answer_by=due_on(DEFAULT_CALENDAR.add_office_days(clock.today(), correction_days)),
        preview=return_form.to_command().items if is_preview else (),
    )


def checklist(proposal: Proposal) -> list[CheckLine]:
    """Lines of the checklist, ticked by the rules of the form itself (確認項目)."""
    problems = problems_of(proposal)
    limits = field_limits(proposal.round)
    lines = [
        CheckLine(
            FIELD_LABELS[name],
            _length_words(getattr(proposal, name), limits.get(name)),
            problems.get(name, []),
        )
        for name in REQUIRED_FIELDS
    ]
    both = hardship_and_effect_length(proposal)
    limit = proposal.round.hardship_and_effect_limit
    lines.append(CheckLine("支障事例と効果の合計", f"{both:,} ／ {limit:,}文字", []))
    marks = "　".join(viewpoint_marks(proposal))
    lines.append(CheckLine("視点", marks or "選択なし", problems.get(VIEWPOINTS, [])))
    return lines


def _length_words(text: str, limit: int | None) -> str:
    length = count_characters(text)
    return f"{length:,}文字" if limit is None else f"{length:,} ／ {limit:,}文字"


def changed_labels(proposal: Proposal) -> list[str]:
    """Labels of the fields that the last submission changed (前の提出から変わった項目)."""
    revisions = revisions_of(proposal)
    if len(revisions) < 2:
        return []
    before, after = revisions[-2].content, revisions[-1].content
    return [label for name, label in FIELD_LABELS.items() if before.get(name) != after.get(name)]
