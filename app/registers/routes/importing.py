"""Pages that bring a file into a register (台帳の取込み)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.registers.forms import FILE_LIMIT_BYTES, ImportForm, UploadForm
from app.registers.models import REGISTER_LABELS, Register
from app.registers.policy import EDITORS
from app.registers.routes.blueprint import Answer, blueprint, chosen_register
from app.registers.services.importing import ImportPlan, import_register, plan_import
from app.registers.services.reading import read_file
from app.registers.structure import columns_of


@blueprint.route("/registers/<register>/import", methods=["GET", "POST"])
@roles(*EDITORS)
@takes_files(FILE_LIMIT_BYTES)
def upload(register: str) -> Answer:
    """Look at a file: what it would do, or what is wrong with it (取込みの確認)."""
    chosen = chosen_register(register)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            found = read_file(chosen, form.file.data.filename, form.content)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            plan = plan_import(chosen, found.rows, found.faults)
            return _plan_page(chosen, plan, ImportForm.of_plan(plan, found.rows))
    page = render_template(
        "registers/import.html",
        register=chosen,
        label=REGISTER_LABELS[chosen],
        form=form,
        columns=columns_of(chosen),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/registers/<register>/import/confirm")
@roles(*EDITORS)
@takes_files(FILE_LIMIT_BYTES)
def confirm_import(register: str) -> Answer:
    """Carry out a file that was looked at (取込み)."""
    chosen = chosen_register(register)
    actor = current_actor()
    form = ImportForm()
    rows = form.file_rows()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                done = import_register(chosen, form.to_command(rows), actor=actor)
                words = _done_words(done)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(words, "status")
            return redirect(url_for("registers.show", register=register))
    return _plan_page(chosen, plan_import(chosen, rows), form), 422


def _plan_page(register: Register, plan: ImportPlan, form: ImportForm) -> str:
    return render_template(
        "registers/import_plan.html",
        register=register,
        label=REGISTER_LABELS[register],
        plan=plan,
        form=form,
    )


def _done_words(done: ImportPlan) -> str:
    return (
        f"取り込みました。新しい行 {len(done.new)}、変わった行 {len(done.changed)}、"
        f"廃止した行 {len(done.missing)}。"
    )
