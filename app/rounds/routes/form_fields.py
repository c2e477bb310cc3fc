"""Pages on which the form of a round is set (様式の画面)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.rounds.forms.form_fields import (
    FieldForm,
    MoveForm,
    RewordForm,
    field_form,
    new_field_form,
    reword_form,
)
from app.rounds.labels import FIELD_AUDIENCE_LABELS, FIELD_KIND_LABELS
from app.rounds.models import FormField, Round
from app.rounds.policy import can_manage
from app.rounds.queries import get_round
from app.rounds.round_form import condition_words, fields_of, is_extra, limit_words
from app.rounds.routes.blueprint import Answer, blueprint
from app.rounds.services.form_fields import (
    add_field,
    change_field,
    get_field,
    is_fixed,
    move_field,
    reword_field,
)


@blueprint.get("/rounds/<key>/form")
@roles(Role.ADMIN, Role.LEAD)
def form(key: str) -> str:
    """Fields of the form of a round, in order (様式)."""
    return _list_page(get_round(key))


@blueprint.route("/rounds/<key>/form/fields/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def new_field(key: str) -> Answer:
    """Add a field to the form (項目の追加)."""
    actor = current_actor()
    round_ = get_round(key)
    sent = new_field_form(round_)
    if sent.validate_on_submit():
        try:
            with unit_of_work():
                label = add_field(round_, sent.to_added(), actor=actor).label
        except InvalidInput as error:
            sent.add_errors(error.errors)
        else:
            flash(f"項目「{label}」を様式の終わりに加えました。", "status")
            return redirect(url_for("rounds.form", key=key))
    page = render_template(
        "rounds/new_field.html", round=round_, form=sent, is_fixed=is_fixed(round_)
    )
    return page, 422 if sent.is_submitted() else 200


@blueprint.route("/rounds/<key>/form/fields/<field_name>", methods=["GET", "POST"])
@roles(Role.ADMIN)
def edit_field(key: str, field_name: str) -> Answer:
    """Change a field of the form, after the first submission its words alone (項目の変更)."""
    round_ = get_round(key)
    field = get_field(round_, field_name)
    fixed = is_fixed(round_)
    sent = reword_form(round_, field) if fixed else field_form(round_, field)
    if sent.validate_on_submit() and _is_changed(round_, field_name, sent):
        flash("項目を変えました。入力の画面にすぐ出ます。", "status")
        return redirect(url_for("rounds.form", key=key))
    page = render_template(
        "rounds/field.html",
        round=round_,
        field=field,
        form=sent,
        is_fixed=fixed,
        kind_label=FIELD_KIND_LABELS[field.kind],
    )
    return page, 422 if sent.is_submitted() else 200


def _is_changed(round_: Round, name: str, sent: FieldForm | RewordForm) -> bool:
    actor = current_actor()
    try:
        with unit_of_work():
            if isinstance(sent, RewordForm):
                reword_field(round_, name, sent.to_command(), actor=actor)
            else:
                change_field(round_, name, sent.to_command(), actor=actor)
    except InvalidInput as error:
        sent.add_errors(error.errors)
        return False
    return True


@blueprint.post("/rounds/<key>/form/fields/<field_name>/move")
@roles(Role.ADMIN)
def move(key: str, field_name: str) -> Answer:
    """Move a field one place up or down (項目の移動)."""
    actor = current_actor()
    round_ = get_round(key)
    label = get_field(round_, field_name).label
    sent = MoveForm()
    if sent.validate():
        try:
            with unit_of_work():
                move_field(round_, field_name, sent.to_command(), actor=actor)
        except InvalidInput as error:
            sent.add_errors(error.errors)
        else:
            flash(f"「{label}」の位置を変えました。", "status")
            return redirect(url_for("rounds.form", key=key))
    return _list_page(round_, sent), 422


def _list_page(round_: Round, form: MoveForm | None = None) -> str:
    return render_template(
        "rounds/form.html",
        round=round_,
        fields=[_row(round_, field) for field in fields_of(round_)],
        form=form or MoveForm(formdata=None),
        limit_words=limit_words(round_),
        is_fixed=is_fixed(round_),
        can_manage=can_manage(current_actor()),
    )


def _row(round_: Round, field: FormField) -> dict[str, object]:
    return {
        "field": field,
        "kind": FIELD_KIND_LABELS[field.kind],
        "audience": FIELD_AUDIENCE_LABELS[field.audience],
        "condition": condition_words(round_, field),
        "counted_with": [
            row.label
            for row in fields_of(round_)
            if field.limit_group and row.limit_group == field.limit_group and row is not field
        ],
        "is_extra": is_extra(field),
    }
