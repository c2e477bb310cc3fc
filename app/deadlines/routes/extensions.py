"""Later dates for one case: asking, giving, deciding, what waits (期限の延長の画面)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask import request as http_request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.eras import format_date
from app.core.errors import IllegalTransition, NotAllowed
from app.deadlines import policy
from app.deadlines.forms import DecideForm, ExtendForm
from app.deadlines.labels import deadline_label
from app.deadlines.queries import waiting_request, waiting_requests
from app.deadlines.routes.blueprint import blueprint
from app.deadlines.services import extensions as services
from app.proposals.lifecycle import check_version
from app.proposals.models import CaseClock, Proposal
from app.proposals.policy import can_edit
from app.proposals.presentation import Due, due_on, reads_as_secretariat, remaining_calendar
from app.proposals.queries import get_visible
from app.triage.routes.case import Answer, carried_out, case_page
from app.workflow.states import State

KEEPERS = (Role.OFFICER, Role.LEAD, Role.PROPOSER, Role.PROPOSER_MANAGER)


@blueprint.get("/extension-requests")
@roles(Role.LEAD)
def requests() -> str:
    """Requests for a later date that wait for a lead (延長の申請の一覧)."""
    found = waiting_requests(current_actor())
    return render_template(
        "deadlines/requests.html",
        actor=current_actor(),
        rows=[
            (row, deadline_label(row.clock.term), _due_now(row.proposal, row.clock))
            for row in found
        ],
    )


@blueprint.route("/proposals/<receipt_number>/extension", methods=["GET", "POST"])
@roles(*KEEPERS)
def extend(receipt_number: str) -> Answer:
    """Give a case a later date, as a lead, or ask for one (期限の延長・延長の申請)."""
    actor = current_actor()
    proposal, running = _open(receipt_number)
    if waiting_request(running) is not None:
        if policy.can_decide(actor, proposal):
            return redirect(url_for("deadlines.decide", receipt_number=receipt_number))
        raise IllegalTransition(services.ALREADY_WAITING)
    is_lead = policy.can_decide(actor, proposal)
    if not is_lead:
        policy.authorize_ask(actor, proposal, running)
    form = ExtendForm(version=proposal.version)
    act = services.extend if is_lead else services.ask_extension
    if carried_out(form, lambda: act(proposal, form.to_command(), actor=actor)):
        day = form.to_command().due_on
        if day is None:
            raise LookupError("an extension has a date")
        words = (
            f"期限を{format_date(day)}まで延長しました。"
            if is_lead
            else (
                f"{format_date(day)}までの延長を申請しました。総括が決めるまで、今の期限のままです。"
            )
        )
        flash(words, "status")
        if warning := services.closed_day_warning(day):
            flash(warning, "soon")
        return _back(proposal)
    return _page("deadlines/extend.html", proposal, running, form, is_lead=is_lead)


@blueprint.route("/proposals/<receipt_number>/extension-request", methods=["GET", "POST"])
@roles(Role.LEAD)
def decide(receipt_number: str) -> Answer:
    """Approve or refuse a request for a later date (延長申請の決定)."""
    actor = current_actor()
    proposal, running = _open(receipt_number)
    waiting = waiting_request(running)
    if waiting is None:
        raise IllegalTransition(services.NOT_WAITING)
    if not policy.can_decide(actor, proposal):
        raise NotAllowed(policy.DECIDE_REFUSED)
    form = DecideForm(version=proposal.version, request_id=waiting.id)
    if carried_out(
        form, lambda: services.decide_extension(proposal, form.to_command(), actor=actor)
    ):
        is_approved = form.to_command().is_approved
        flash(
            f"{receipt_number}の期限を{format_date(waiting.wanted_on)}まで延長しました。"
            if is_approved
            else f"{receipt_number}の期限の延長を認めませんでした。期限は変わりません。",
            "status",
        )
        return _back(proposal)
    return _page(
        "deadlines/decide.html",
        proposal,
        running,
        form,
        waiting=waiting,
        is_own=waiting.asked_by_id == actor.id,
        problem=services.date_problem(running, waiting.wanted_on),
        warning=services.closed_day_warning(waiting.wanted_on),
    )


def _open(receipt_number: str) -> tuple[Proposal, CaseClock]:
    """The case and the deadline that can be moved; a form that comes too late is told so first."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    opened = http_request.form.get("version", type=int)
    if opened is not None:
        check_version(proposal, opened)
    if not reads_as_secretariat(actor):
        if not can_edit(actor, proposal):
            raise NotAllowed(policy.ASK_REFUSED)
        # The refusal must not tell the body which inner step its case is in.
        if proposal.state is not State.RETURNED:
            raise IllegalTransition(services.NO_DEADLINE)
    running = services.extendable_clock(proposal)
    if not policy.can_extend(actor, proposal, running):
        raise NotAllowed(policy.ASK_REFUSED)
    return proposal, running


def _page(
    template: str, proposal: Proposal, running: CaseClock, form: Any, **context: Any
) -> Answer:
    return case_page(
        template,
        proposal,
        form,
        label=deadline_label(running.term),
        due_now=_due_now(proposal, running),
        is_desk=reads_as_secretariat(current_actor()),
        **context,
    )


def _due_now(proposal: Proposal, running: CaseClock) -> Due:
    return due_on(running.due_on, remaining_calendar(proposal))


def _back(proposal: Proposal) -> Response:
    return redirect(url_for("casework.deadlines", receipt_number=proposal.receipt_number))
