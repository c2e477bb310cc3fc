"""Judging a suggestion on the desk (候補の判断): the page comes back with all that was typed."""

from flask import flash, request

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.forms import clean
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.rounds.queries import available_categories
from app.suggestions import services
from app.triage.forms.assess import AssessForm
from app.triage.forms.base import as_number
from app.triage.queries import awaits_lead
from app.triage.routes.assess import desk_page
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, open_case
from app.triage.routes.opinion_page import opinion_form
from app.workflow.states import Action

REJECTED = "候補を「当たらない」としました。取り消すこともできます。"
RESTORED = "「当たらない」を取り消しました。"
REMOVED = "根拠{number}を外しました。"
LONGEST_REASON = 500  # characters


@blueprint.post("/proposals/<receipt_number>/suggestions")
@roles(Role.OFFICER, Role.LEAD)
def judge_suggestion(receipt_number: str) -> Answer:
    """Reject a suggested row, take that back, or empty a row of evidence (当たらない・外す)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.ASSESS)
    categories = available_categories(proposal.round)
    form = opinion_form(proposal, actor)
    form.gather_evidence()
    _judge(proposal, form, actor)
    return desk_page(proposal, form, categories, actor, is_decision=awaits_lead(proposal))


def _judge(proposal: Proposal, form: AssessForm, actor: User) -> None:
    if "remove" in request.form:
        number = as_number(request.form["remove"])
        form.remove_evidence(number - 1)
        flash(REMOVED.format(number=number), "status")
        return
    rejected, restored = (as_number(request.form.get(name)) for name in ("reject", "restore"))
    with unit_of_work():
        if restored:
            services.restore_suggestion(proposal, restored, actor=actor)
        else:
            reason = clean(request.form.get(f"why-{rejected}"))[:LONGEST_REASON]
            command = services.RejectSuggestion(register_entry_id=rejected, reason=reason)
            services.reject_suggestion(proposal, command, actor=actor)
    flash(RESTORED if restored else REJECTED, "status")
