"""Merging cases, and taking one out again (統合・統合の取消し)."""

from flask import redirect, request

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.lineage.forms import MergeForm, UndoForm, seen_words
from app.lineage.policy import authorize_undo_merge, check_merge_undoable, check_target
from app.lineage.preview import lead_words, merge_effects
from app.lineage.queries import standing_merge
from app.lineage.routes.blueprint import blueprint, open_case
from app.lineage.services import merging as services
from app.proposals.models import Proposal
from app.triage.routes.case import Answer, carried_out, case_page, case_url, flash_done
from app.workflow.labels import STATE_LABELS

PREVIEW = "preview"


@blueprint.route("/proposals/<receipt_number>/merge", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def merge(receipt_number: str) -> Answer:
    """Let other cases go into this one (統合): name them, look at every effect, do it."""
    actor = current_actor()
    target = open_case(receipt_number)
    check_target(target)
    form = MergeForm(version=target.version, numbers=request.args.get("with", ""))
    cases = _named(form, target)
    if (
        cases
        and PREVIEW not in request.form
        and form.is_seen(cases)
        and carried_out(
            form, lambda: services.merge_cases(target, form.to_command(cases), actor=actor)
        )
    ):
        numbers = "、".join(case.reference for case in cases)
        flash_done(
            f"{numbers}を{target.reference}に統合しました。取消しは、統合した提案の画面で行えます。"
        )
        return redirect(case_url(target))
    form.seen.data = seen_words(cases)
    return case_page(
        "lineage/merge.html",
        target,
        form,
        effects=merge_effects(cases, actor),
        lead_note=lead_words(target, cases) if cases else "",
    )


def _named(form: MergeForm, target: Proposal) -> list[Proposal]:
    """Cases of a sent form that can go into the target; what cannot is said at the field."""
    if not form.validate_on_submit():
        return []
    try:
        cases = form.cases(current_actor())
        services.check_absorbed(target, cases)
    except InvalidInput as error:
        form.add_errors(error.errors)
        return []
    return cases


@blueprint.route("/proposals/<receipt_number>/unmerge", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def unmerge(receipt_number: str) -> Answer:
    """Take this case out of the one it went into (統合の取消し)."""
    actor = current_actor()
    absorbed = open_case(receipt_number)
    found = standing_merge(absorbed)
    authorize_undo_merge(actor, found)
    check_merge_undoable(found)
    form = UndoForm(version=absorbed.version)
    if carried_out(form, lambda: services.undo_merge(absorbed, form.to_undo_merge(), actor=actor)):
        label = STATE_LABELS[absorbed.state]
        flash_done(f"{receipt_number}の統合を取り消しました。「{label}」に戻りました。")
        return redirect(case_url(absorbed))
    return case_page("lineage/unmerge.html", absorbed, form, merge=found)
