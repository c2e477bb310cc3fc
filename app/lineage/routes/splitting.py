"""Splitting a case, and making one of its parts again (分割・分割の取消し)."""

from flask import redirect, request

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.lineage.forms import SplitForm, UndoForm, texts_of
from app.lineage.policy import authorize, check_split_undoable, check_splittable
from app.lineage.queries import latest_split
from app.lineage.routes.blueprint import blueprint, open_case
from app.lineage.services import splitting as services
from app.proposals.models import Proposal
from app.triage.routes.case import Answer, carried_out, case_page, case_url, flash_done

ADD, REMOVE = "add", "remove"


@blueprint.route("/proposals/<receipt_number>/split", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def split(receipt_number: str) -> Answer:
    """Make several cases of one (分割): divide its texts in the form."""
    actor = current_actor()
    original = open_case(receipt_number)
    check_splittable(original)
    texts = texts_of(original)
    form = SplitForm(version=original.version, parts=[texts] * services.FEWEST_PARTS)
    if _changes_rows(form, original):
        return case_page("lineage/split.html", original, form)
    if carried_out(form, lambda: services.split_case(original, form.to_command(), actor=actor)):
        made = "、".join(row.proposal.reference for row in latest_split(original).parts)
        flash_done(f"{receipt_number}を分割し、{made}を作りました。次は、担当を割り当てます。")
        return redirect(case_url(original))
    return case_page("lineage/split.html", original, form)


def _changes_rows(form: SplitForm, original: Proposal) -> bool:
    """Add or take away a part, nothing else yet; what was typed stays."""
    if ADD in request.form and form.has_room:
        form.parts.append_entry(texts_of(original))
        return True
    if REMOVE in request.form and len(form.parts) > services.FEWEST_PARTS:
        form.parts.pop_entry()
        return True
    return False


@blueprint.route("/proposals/<receipt_number>/unsplit", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def unsplit(receipt_number: str) -> Answer:
    """Make one case of the parts of the latest split again (分割の取消し)."""
    actor = current_actor()
    original = open_case(receipt_number)
    found = latest_split(original)
    authorize(actor, [row.proposal for row in found.parts])
    check_split_undoable(found)
    form = UndoForm(version=original.version)
    if carried_out(form, lambda: services.undo_split(original, form.to_undo_split(), actor=actor)):
        flash_done(f"{receipt_number}の分割を取り消しました。内容は分割の前の文に戻りました。")
        return redirect(case_url(original))
    return case_page("lineage/unsplit.html", original, form, split=found)
