"""Withdrawal by the manager of the body (取下げ)."""

from flask import redirect

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.triage.forms.settle import WithdrawForm
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    carried_out,
    case_page,
    case_url,
    flash_done,
    open_case,
)
from app.triage.services import withdraw as services
from app.workflow.states import Action


@blueprint.route("/proposals/<receipt_number>/withdraw", methods=["GET", "POST"])
@roles(Role.PROPOSER_MANAGER)
def withdraw(receipt_number: str) -> Answer:
    """Take a proposal back (取下げ): one page in between, for it cannot be undone."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.WITHDRAW)
    form = WithdrawForm(version=proposal.version)
    if carried_out(form, lambda: services.withdraw(proposal, form.to_command(), actor=actor)):
        flash_done(f"{receipt_number}を取り下げました。事務局の担当者の仕事から外れました。")
        return redirect(case_url(proposal))
    return case_page("triage/withdraw.html", proposal, form)
