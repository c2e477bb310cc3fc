"""Marking duplicates (重複の印)."""

from flask import redirect, request

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.lineage.forms import DuplicateForm, UndoForm
from app.lineage.queries import get_mark, named_cases
from app.lineage.routes.blueprint import blueprint, open_case
from app.lineage.services import duplicates as services
from app.proposals.models import Proposal
from app.triage.routes.case import Answer, carried_out, case_page, case_url, flash_done

ONE_ONLY = "受付番号は1件だけ入力してください"


@blueprint.route("/proposals/<receipt_number>/duplicate", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def mark(receipt_number: str) -> Answer:
    """Mark this case as the same as another one (重複); both go on."""
    actor = current_actor()
    proposal = open_case(receipt_number)
    form = DuplicateForm(version=proposal.version, numbers=request.args.get("with", ""))
    other = _named(form)
    if other is not None and carried_out(
        form, lambda: services.mark_duplicate(proposal, form.to_command(other), actor=actor)
    ):
        flash_done(
            f"{receipt_number}は{other.reference}と重複、と記録しました。どちらも仕分けを続けます。"
        )
        return redirect(case_url(proposal))
    return case_page("lineage/duplicate.html", proposal, form)


def _named(form: DuplicateForm) -> Proposal | None:
    if not form.validate_on_submit():
        return None
    try:
        found = named_cases(form.numbers.data or "", current_actor(), field="numbers")
        if len(found) > 1:
            raise InvalidInput({"numbers": [ONE_ONLY]})
    except InvalidInput as error:
        form.add_errors(error.errors)
        return None
    return found[0]


@blueprint.route(
    "/proposals/<receipt_number>/duplicate/<int:mark_id>/undo", methods=["GET", "POST"]
)
@roles(Role.OFFICER, Role.LEAD)
def unmark(receipt_number: str, mark_id: int) -> Answer:
    """Take a mark of this case back (重複の取消し)."""
    actor = current_actor()
    proposal = open_case(receipt_number)
    found = get_mark(proposal, mark_id, actor)
    form = UndoForm(version=proposal.version)
    if carried_out(
        form, lambda: services.unmark_duplicate(proposal, found, form.to_unmark(), actor=actor)
    ):
        flash_done(f"{receipt_number}の重複の印を取り消しました。")
        return redirect(case_url(proposal))
    return case_page("lineage/unmark.html", proposal, form, mark=found)
