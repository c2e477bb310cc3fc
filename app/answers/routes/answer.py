"""The answer that ends a case (提案者への回答): outcome in words proposed from the replies."""

from flask import redirect, request

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.answers.earlier import last_released
from app.answers.routes.blueprint import Answer, blueprint
from app.answers.told import told_reply
from app.answers.wording import proposed_outcome
from app.core.access import roles
from app.triage.forms.settle import CloseForm
from app.triage.routes.case import carried_out, case_page, case_url, flash_done, open_case
from app.triage.services.settle import close
from app.workflow.states import Action

PREVIEW = "preview"


@blueprint.route("/proposals/<receipt_number>/answer", methods=["GET", "POST"])
@roles(Role.LEAD)
def answer(receipt_number: str) -> Answer:
    """Write the answer and end the case (回答と終了), or show first what the body will read."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.CLOSE)
    replies = last_released(proposal)
    form = CloseForm(version=proposal.version, outcome_text=proposed_outcome(proposal, replies))
    if PREVIEW not in request.form and carried_out(
        form, lambda: close(proposal, form.to_command(), actor=actor)
    ):
        flash_done(f"{receipt_number}を終了しました。結果は提案団体の画面に出ています。")
        return redirect(case_url(proposal))
    return case_page(
        "answers/answer.html",
        proposal,
        form,
        category=proposal.category,
        replies=[told_reply(reply) for reply in replies],
    )
