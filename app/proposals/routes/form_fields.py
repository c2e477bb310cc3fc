"""The form of a round as a body sees it, and taking a field out of it (様式の見本・項目の削除)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles, signed_in
from app.core.unit_of_work import unit_of_work
from app.proposals.forms.writing import proposal_form
from app.proposals.pages.fields import field_views
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services.form_fields import RemoveField, count_answers, remove_field
from app.rounds.form_rules import dependent_fields
from app.rounds.forms.form_fields import FormVersionForm
from app.rounds.queries import get_round
from app.rounds.round_form import is_extra
from app.rounds.services.form_fields import get_field, is_fixed


@blueprint.get("/rounds/<key>/form/preview")
@signed_in
def form_preview(key: str) -> str:
    """Show the form of a round as a body fills it in (様式の見本); nothing is kept."""
    round_ = get_round(key)
    form = proposal_form(round_, formdata=None)
    return render_template(
        "proposals/form_preview.html",
        round=round_,
        fields=field_views(form, round_),
        may_see_form=current_actor().has_role(Role.ADMIN, Role.LEAD),
    )


@blueprint.route("/rounds/<key>/form/fields/<field_name>/remove", methods=["GET", "POST"])
@roles(Role.ADMIN)
def remove_form_field(key: str, field_name: str) -> Answer:
    """Take a field out of the form, after asking (項目の削除)."""
    actor = current_actor()
    round_ = get_round(key)
    field = get_field(round_, field_name)
    form = FormVersionForm(data={"version": str(round_.form_version)})
    label = field.label
    if form.validate_on_submit():
        command = RemoveField(version=form.opened_version())
        with unit_of_work():
            remove_field(round_, field_name, command, actor=actor)
        flash(f"項目「{label}」を様式から外しました。", "status")
        return redirect(url_for("rounds.form", key=key))
    page = render_template(
        "proposals/remove_form_field.html",
        round=round_,
        field=field,
        form=form,
        answers=count_answers(round_, field_name),
        dependents=[row.label for row in dependent_fields(round_, field_name)],
        is_removable=is_extra(field) and not is_fixed(round_),
    )
    return page, 422 if form.is_submitted() else 200
