"""Pages that change a row (台帳の編集)."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.registers.forms import AliasForm, RemoveAliasForm, RetireForm, entry_form
from app.registers.models import REGISTER_LABELS, RegisterEntry
from app.registers.policy import EDITORS
from app.registers.queries import get_entry
from app.registers.routes.blueprint import Answer, blueprint, chosen_register
from app.registers.routes.pages import entry_page
from app.registers.services.editing import (
    NO_ALIAS,
    RetireEntry,
    add_alias,
    add_entry,
    change_entry,
    remove_alias,
    restore_entry,
    retire_entry,
)


@blueprint.route("/registers/<register>/new", methods=["GET", "POST"])
@roles(*EDITORS)
def new(register: str) -> Answer:
    """Add a row (行の追加)."""
    chosen = chosen_register(register)
    actor = current_actor()
    form = entry_form(chosen)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                row = add_entry(chosen, form.to_addition(), actor=actor)
                number = row.number
        except InvalidInput as error:
            form.add_column_errors(error)
        else:
            flash(f"番号{number}の行を加えました。別名も加えると見つかりやすくなります。", "status")
            return redirect(url_for("registers.entry", register=register, number=number))
    page = render_template(
        "registers/edit.html", form=form, entry=None, register=chosen, label=REGISTER_LABELS[chosen]
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/registers/<register>/<int:number>/edit", methods=["GET", "POST"])
@roles(*EDITORS)
def edit(register: str, number: int) -> Answer:
    """Change the columns of a row (行の変更)."""
    chosen = chosen_register(register)
    actor = current_actor()
    row = get_entry(chosen, number)
    form = entry_form(chosen, row)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                change_entry(row, form.to_change(), actor=actor)
        except InvalidInput as error:
            form.add_column_errors(error)
        else:
            flash("行を変えました。前の内容は履歴に残っています。", "status")
            return _back(register, number)
    page = render_template(
        "registers/edit.html", form=form, entry=row, register=chosen, label=REGISTER_LABELS[chosen]
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/registers/<register>/<int:number>/retire", methods=["GET", "POST"])
@roles(*EDITORS)
def retire(register: str, number: int) -> Answer:
    """Take a row out of use (廃止)."""
    done = "行を廃止しました。これまでの根拠には残り、新しい根拠には選べません。"
    return _with_reason(register, number, retire_entry, "registers/retire.html", done)


@blueprint.route("/registers/<register>/<int:number>/restore", methods=["GET", "POST"])
@roles(*EDITORS)
def restore(register: str, number: int) -> Answer:
    """Put a retired row back into use (廃止の取消し)."""
    done = "廃止を取り消しました。この行は、また根拠に選べます。"
    return _with_reason(register, number, restore_entry, "registers/restore.html", done)


def _with_reason(
    register: str, number: int, act: Callable[..., None], template: str, done: str
) -> Answer:
    row = get_entry(chosen_register(register), number)
    actor = current_actor()
    form = RetireForm(data={"version": row.content_version})
    if form.validate_on_submit():
        try:
            _act(act, row, form.to_command(), actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(done, "status")
            return _back(register, number)
    page = render_template(template, form=form, entry=row, label=REGISTER_LABELS[row.register])
    return page, 422 if form.is_submitted() else 200


def _act(act: Callable[..., None], row: RegisterEntry, command: RetireEntry, actor: User) -> None:
    with unit_of_work():
        act(row, command, actor=actor)


@blueprint.post("/registers/<register>/<int:number>/aliases")
@roles(*EDITORS)
def new_alias(register: str, number: int) -> Answer:
    """Give a row another word (別名の追加)."""
    row = get_entry(chosen_register(register), number)
    actor = current_actor()
    form = AliasForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                add_alias(row, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"別名「{form.text.data}」を加えました。", "status")
            return _back(register, number)
    return entry_page(row, form), 422


@blueprint.route(
    "/registers/<register>/<int:number>/aliases/<int:alias_id>/remove", methods=["GET", "POST"]
)
@roles(*EDITORS)
def drop_alias(register: str, number: int, alias_id: int) -> Answer:
    """Take an alias away from a row (別名の削除)."""
    row = get_entry(chosen_register(register), number)
    actor = current_actor()
    alias = next((alias for alias in row.aliases if alias.id == alias_id), None)
    if alias is None:
        raise NotFound(NO_ALIAS)
    text = alias.text
    form = RemoveAliasForm(data={"version": row.content_version})
    if form.validate_on_submit():
        try:
            with unit_of_work():
                remove_alias(row, form.to_command(alias_id), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"別名「{text}」を外しました。", "status")
            return _back(register, number)
    page = render_template(
        "registers/remove_alias.html",
        form=form,
        entry=row,
        alias=text,
        label=REGISTER_LABELS[row.register],
    )
    return page, 422 if form.is_submitted() else 200


def _back(register: str, number: int) -> Response:
    return redirect(url_for("registers.entry", register=register, number=number))
