"""After the classification (分類確定後): classify anew, close, reopen."""

from flask import request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.triage.forms.settle import CloseForm, ReclassifyForm, ReopenForm
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, case_page, concluded, open_case
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

    def work() -> str:
        services.reclassify(proposal, form.to_command(), actor=actor)
        return f"{receipt_number}を仕分け中に戻しました。次は、担当を割り当ててください。"

    assign = url_for("triage.assign", receipt_number=receipt_number)
    done = concluded(form, proposal, work, leads_to=assign)
    return done or case_page("triage/reclassify.html", proposal, form)


@blueprint.route("/proposals/<receipt_number>/close", methods=["GET", "POST"])
@roles(Role.LEAD)
def close(receipt_number: str) -> Answer:
    """End a case and tell the body its outcome (終了), or show first what the body will read."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.CLOSE)
    form = CloseForm(version=proposal.version)

    def work() -> str:
        services.close(proposal, form.to_command(), actor=actor)
        return f"{receipt_number}を終了しました。結果は提案団体の画面に出ています。"

    if PREVIEW not in request.form and (done := concluded(form, proposal, work)):
        return done
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

    def work() -> str:
        services.reopen(proposal, form.to_command(), actor=actor)
        code = proposal.category.code if proposal.category else ""
        return f"{receipt_number}の終了を取り消しました。分類{code}の分類確定に戻りました。"

    done = concluded(form, proposal, work)
    return done or case_page("triage/reopen.html", proposal, form)
