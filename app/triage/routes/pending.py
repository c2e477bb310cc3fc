"""Putting a case off and taking it up again (ペンディング・再開)."""

from flask import flash, redirect

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.posted_form import will_lead_to
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal
from app.rounds.queries import available_categories
from app.triage.blindness import hides_class
from app.triage.forms.settle import HoldForm, ResumeForm
from app.triage.queries import current_assignments, open_assessment
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    carried_out,
    case_page,
    case_url,
    concluded,
    flash_done,
    open_case,
)
from app.triage.services import pending as services
from app.triage.worklist import Pile
from app.workflow.states import Action


@blueprint.route("/proposals/<receipt_number>/hold", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def hold(receipt_number: str) -> Answer:
    """Put a case off until a date (ペンディング)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.HOLD)
    form = HoldForm(
        version=proposal.version,
        category_key=_expected_category(proposal, actor),
        categories=available_categories(proposal.round),
        owner_id=str(actor.id),
        owners=services.possible_owners(proposal),
    )
    will_lead_to(case_url(proposal))
    if carried_out(form, lambda: services.hold(proposal, form.to_command(), actor=actor)):
        _flash_held(proposal)
        return redirect(case_url(proposal))
    return case_page(
        "triage/hold.html",
        proposal,
        form,
        waiting=open_assessment(proposal),
        is_class_hidden=hides_class(actor, proposal),
        last_year=office_calendar().last_valid_year,
    )


@blueprint.route("/proposals/<receipt_number>/resume", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def resume(receipt_number: str) -> Answer:
    """Take a pending case up again (再開)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.RESUME)
    form = ResumeForm(version=proposal.version)

    def work() -> str:
        services.resume(proposal, form.to_command(), actor=actor)
        return f"{receipt_number}の仕分けを再開しました。仕分けの期限は、止めたところから続きます。"

    if done := concluded(form, proposal, work, Pile.REVISIT):
        return done
    running = running_clock(proposal)
    return case_page(
        "triage/resume.html",
        proposal,
        form,
        is_class_hidden=hides_class(actor, proposal),
        held_for=running.reason if running else "",
        has_reviewers=bool(current_assignments(proposal)),
    )


def _expected_category(proposal: Proposal, actor: User) -> str:
    if hides_class(actor, proposal):
        return ""
    waiting = open_assessment(proposal)
    if waiting is not None:
        return waiting.category.key
    return proposal.provisional_category.key if proposal.provisional_category else ""


def _flash_held(proposal: Proposal) -> None:
    if proposal.due_on is None:
        raise LookupError("a pending case has a revisit date")
    day = format_date(proposal.due_on)
    flash_done(
        f"{proposal.reference}をペンディングにしました。{day}に見直します。事務局の期限は止まります。"
    )
    if services.is_on_closed_day(proposal.due_on):
        reason = office_calendar().closing_reason(proposal.due_on)
        flash(
            f"見直し日の{day}は閉庁日（{reason}）です。指定のとおりこの日にしました。"
            "別の日にするときは、再開してからもう一度ペンディングにしてください。",
            "soon",
        )
