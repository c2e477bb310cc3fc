"""The page of the form check (形式確認): checklist, acceptance and return in one form.

One form, so that no button loses what was typed for another: each sends everything.
"""

from typing import NamedTuple

from app.accounts.models import Role
from app.accounts.queries import users_of_body
from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.notifications.services import compose
from app.proposals.correction_targets import target_label
from app.proposals.models import CorrectionRequest, Proposal
from app.proposals.presentation import Due, due_on
from app.proposals.queries import corrections_of, revisions_of
from app.proposals.revision_changes import FieldChange, changes_between
from app.rounds.queries import correction_phrases
from app.triage.checklist import LineState, checklist_of
from app.triage.forms.base import CaseForm
from app.triage.forms.correction import ReturnForm
from app.triage.forms.form_check import FormCheckForm, TakeOverForm
from app.triage.letter import letter_text, merged
from app.triage.resubmissions import resubmission_of
from app.triage.routes import desk
from app.triage.routes.case import Answer, case_page
from app.triage.services.form_check import returned_words
from app.workflow.states import State
from app.workflow.terms import Term

STATE_WORDS = {
    LineState.OK: ("良", "done"),
    LineState.WAIVED: ("免除", "wait"),
    LineState.PROBLEM: ("問題あり", "late"),
    LineState.OPEN: ("未確認", "soon"),
}


class Preview(NamedTuple):
    """What the body will read (団体が読む文): the letter, and the mail that points to it."""

    letter: str
    recipients: list[str]
    subject: str
    body: str


class Forms(NamedTuple):
    """The forms of the page (形式確認の様式): all are read from the same request."""

    check: FormCheckForm
    correction: ReturnForm


def read_forms(proposal: Proposal) -> Forms:
    """Make the forms of a case, filled with what was sent or with what is kept."""
    return Forms(
        check=FormCheckForm(version=proposal.version, lines=checklist_of(proposal)),
        correction=ReturnForm(
            version=proposal.version,
            round_=proposal.round,
            phrases=correction_phrases(proposal.round),
        ),
    )


def tell_errors(forms: Forms, error: InvalidInput) -> None:
    """Put the refusals of the services at the form they belong to."""
    of_return = {"items": error.errors["items"]} if "items" in error.errors else {}
    forms.correction.add_errors(of_return)
    forms.check.add_errors({key: said for key, said in error.errors.items() if key != "items"})


def form_check_page(
    proposal: Proposal, forms: Forms, active: CaseForm, *, preview: Preview | None = None
) -> Answer:
    """Render the page; `active` is the form whose errors stand on top."""
    corrections = corrections_of(proposal)
    resubmission = resubmission_of(proposal)
    lines = [line for line, _row in forms.check.rows]
    take_over = TakeOverForm(formdata=None, version=proposal.version)
    if resubmission and resubmission.officer:
        take_over.from_id.data = str(resubmission.officer.id)
    return case_page(
        "triage/form_check.html",
        proposal,
        active,
        check_form=forms.check,
        return_form=forms.correction,
        take_over_form=take_over,
        can_accept=proposal.state is State.SUBMITTED,
        unsettled=[line for line in lines if not line.is_settled],
        takeable=[line for line in lines if line.state is LineState.PROBLEM],
        state_words=STATE_WORDS,
        sections=desk.text_sections(proposal),
        facts=desk.text_facts(proposal),
        last_correction=corrections[-1] if corrections else None,
        last_wishes=wishes_by_label(proposal, corrections[-1]) if corrections else {},
        correction_number=len(corrections),
        resubmission=resubmission,
        changes=latest_changes(proposal),
        answer_by=answer_by(proposal),
        preview=preview,
    )


def wishes_by_label(proposal: Proposal, request: CorrectionRequest) -> dict[str, list[str]]:
    """Reasons of a return by what they are about, in their order (補正の依頼)."""
    return merged(
        [(target_label(proposal.round, item.field), item.reason) for item in request.items]
    )


def latest_changes(proposal: Proposal) -> list[FieldChange]:
    """What the last submission changed (前の提出からの変更点)."""
    revisions = revisions_of(proposal)
    if len(revisions) < 2:
        return []
    return changes_between(proposal.round, revisions[-2], revisions[-1], sees_inner=True)


def answer_by(proposal: Proposal) -> Due:
    """Due date of the body if the case is returned today (補正の期限)."""
    days = proposal.round.office_days(Term.CORRECTION)
    calendar = proposal.organization.acting_on(clock.today()).calendar()
    return due_on(calendar.add_office_days(clock.today(), days), calendar)


def preview_of(proposal: Proposal, form: ReturnForm) -> Preview:
    """Write the letter and the mail as they would go out now, without sending anything."""
    due = answer_by(proposal).date
    wishes = [(item.field, item.reason) for item in form.to_command().items]
    body = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    recipients = [user.label for user in db.session.scalars(body)]
    subject, text = compose(
        "returned",
        f"{recipients[0] if recipients else proposal.organization.name} 様",
        path=f"/proposals/{proposal.receipt_number}",
        **returned_words(proposal, due),
    )
    return Preview(letter_text(proposal, wishes, due), recipients, subject, text)
