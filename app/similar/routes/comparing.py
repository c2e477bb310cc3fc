"""Two cases side by side and the verdict on them (並べて比べる・重複の判定)."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.proposals.queries import NOT_FOUND, get_visible
from app.similar.comparison import comparison
from app.similar.desk_panel import VERDICT_LABELS
from app.similar.forms import VerdictForm
from app.similar.near_duplicates import measured_pair
from app.similar.policy import can_judge
from app.similar.queries import verdict_on
from app.similar.routes.blueprint import Answer, blueprint
from app.similar.services.verdicts import NO_VERDICT, judge_pair, withdraw_verdict


@blueprint.route("/proposals/<receipt_number>/compare/<other>", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def compare(receipt_number: str, other: str) -> Answer:
    """Read two cases side by side; as officer, say whether they are duplicates."""
    actor = current_actor()
    first, second = _pair(receipt_number, other)
    present = verdict_on(first.id, second.id)
    form = VerdictForm(
        data={
            "version": str(present.version if present else NO_VERDICT),
            "verdict": present.verdict.value if present else "",
            "note": present.note if present else "",
        }
    )
    if form.validate_on_submit():
        try:
            with unit_of_work():
                given = judge_pair(first, second, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            words = VERDICT_LABELS[given.verdict]
            flash(f"{receipt_number}と{other}を「{words}」と判定しました。", "status")
            return redirect(_place(receipt_number, other))
    page = render_template(
        "similar/compare.html",
        first=first,
        second=second,
        view=comparison(first, second, actor),
        near=measured_pair(actor, first, second),
        form=form,
        verdict=present,
        verdict_labels=VERDICT_LABELS,
        is_judge=can_judge(actor),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/proposals/<receipt_number>/compare/<other>/undo")
@roles(Role.OFFICER, Role.LEAD)
def undo_verdict(receipt_number: str, other: str) -> Response:
    """Take the verdict on two cases back (判定の取消し)."""
    actor = current_actor()
    first, second = _pair(receipt_number, other)
    form = VerdictForm()
    with unit_of_work():
        withdraw_verdict(first, second, version=form.expected_version(), actor=actor)
    flash(f"{receipt_number}と{other}の判定を取り消しました。", "status")
    return redirect(_place(receipt_number, other))


def _pair(receipt_number: str, other: str) -> tuple[Proposal, Proposal]:
    """Both cases, if the actor may know of them and they can be compared. Raises NotFound."""
    actor = current_actor()
    first, second = get_visible(actor, receipt_number), get_visible(actor, other)
    is_apart = first.round_id != second.round_id and (
        first.round.is_practice or second.round.is_practice
    )
    if first.id == second.id or is_apart:
        raise NotFound(NOT_FOUND)
    return first, second


def _place(receipt_number: str, other: str) -> str:
    return url_for("similar.compare", receipt_number=receipt_number, other=other)
