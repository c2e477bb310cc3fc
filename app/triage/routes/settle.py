"""After the classification (分類確定後): classify anew, close, reopen."""

from flask import redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.triage.forms.settle import CloseForm, ReclassifyForm, ReopenForm
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    carried_out,
    case_page,
    case_url,
    flash_done,
    open_case,
)
from app.triage.services import settle as services
from app.workflow.labels import FOLLOW_UP_LABELS
from app.workflow.states import Action

PREVIEW = "preview"


@blueprint.route("/proposals/<receipt_number>/reclassify", methods=["GET", "POST"])
@roles(Role.LEAD)
def reclassify(receipt_number: str) -> Answer:
    """Send a classified case back to review (仕分け直し)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.RECLASSIFY)
    form = ReclassifyForm(version=proposal.version)
    if carried_out(form, lambda: services.reclassify(proposal, form.to_command(), actor=actor)):
        flash_done(f"{receipt_number}を仕分け中に戻しました。次は、担当を割り当ててください。")
        return redirect(url_for("triage.assign", receipt_number=receipt_number))
    return case_page("triage/reclassify.html", proposal, form)


@blueprint.route("/proposals/<receipt_number>/close", methods=["GET", "POST"])
@roles(Role.LEAD)
def close(receipt_number: str) -> Answer:
    """End a case and tell the body its outcome (終了), or show first what the body will read."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.CLOSE)
    form = CloseForm(version=proposal.version)
    if PREVIEW not in request.form and carried_out(
        form, lambda: services.close(proposal, form.to_command(), actor=actor)
    ):
        flash_done(f"{receipt_number}を終了しました。結果は提案団体の画面に出ています。")
        return redirect(case_url(proposal))
    category = proposal.category
    return case_page(
        "triage/close.html",
        proposal,
        form,
        category=category,
        follow_up=FOLLOW_UP_LABELS[category.follow_up] if category else "",
    )


@blueprint.route("/proposals/<receipt_number>/reopen", methods=["GET", "POST"])
@roles(Role.LEAD)
def reopen(receipt_number: str) -> Answer:
    """Undo a close (終了の取消し)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.REOPEN)
    form = ReopenForm(version=proposal.version)
    if carried_out(form, lambda: services.reopen(proposal, form.to_command(), actor=actor)):
        code = proposal.category.code if proposal.category else ""
        flash_done(f"{receipt_number}の終了を取り消しました。分類{code}の分類確定に戻りました。")
        return redirect(case_url(proposal))
    return case_page("triage/reopen.html", proposal, form)
