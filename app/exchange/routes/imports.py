"""Bringing proposals in (表・様式の取込み): send, look, save."""

from flask import flash, make_response, redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.clock import now, to_jst
from app.core.errors import InvalidInput
from app.core.tabular import XLSX_TYPE
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.exchange.forms import (
    MEGABYTE,
    ROW_LIMIT,
    TOTAL_LIMIT_MB,
    CommitForm,
    ImportForm,
    StartImport,
)
from app.exchange.pages import (
    MOVING_STAGES,
    REFRESH_SECONDS,
    faulty_file,
    import_page,
    imports_page,
)
from app.exchange.queries import get_import, rounds_to_import
from app.exchange.routes.blueprint import Answer, blueprint
from app.exchange.routes.downloads import as_download
from app.exchange.rows import read_upload
from app.exchange.services.exports import note_errors_file
from app.exchange.services.imports import (
    ROWS_AT_ONCE,
    Outcome,
    ask_commit,
    check_upload,
    keep_result,
    start_import,
)
from app.proposals.queries import BODY_ROLES
from app.reports.files import ReportFile

SAID: dict[Outcome, tuple[str, str]] = {
    Outcome.DONE: ("取り込みました。まだ提出していません。", "status"),
    Outcome.ALREADY_DONE: ("この取込みは、既に受け付けています。二重には取り込みません。", "soon"),
    Outcome.CHANGED_SINCE: ("確認した後に提案が変わったため、まだ取り込んでいません。", "soon"),
    Outcome.QUEUED: ("取込みを始めました。この画面を閉じても続きます。", "status"),
}


@blueprint.route("/proposals/import", methods=["GET", "POST"])
@roles(*BODY_ROLES)
@takes_files(TOTAL_LIMIT_MB * MEGABYTE)
def imports() -> Answer:
    """Send tables and filled forms in (表・様式の取込み): checked now, saved later."""
    actor = current_actor()
    form = ImportForm(rounds=rounds_to_import())
    if form.validate_on_submit():
        try:
            import_id = _start(form.to_command(), actor)
        except InvalidInput as error:
            said = [words for found in error.errors.values() for words in found]
            form.add_errors({"files": said})
        else:
            return redirect(url_for("exchange.show_import", import_id=import_id))
    return imports_page(form, actor), 422 if form.is_submitted() else 200


def _start(command: StartImport, actor: User) -> int:
    """Read the files and, when they are short, check them at once; return the id of the import."""
    upload = read_upload(command.files, command.round)
    if len(upload.rows) > ROW_LIMIT:
        raise InvalidInput(
            {"files": [f"一度に取り込めるのは{ROW_LIMIT:,}行までです。分けて送ってください"]}
        )
    is_short = len(upload.rows) <= ROWS_AT_ONCE
    digests = [sent.sha256 for sent in command.files]
    result = check_upload(upload, command.round, digests, actor=actor) if is_short else None
    with unit_of_work():
        run = start_import(command.round, command.files, upload, actor=actor)
        if result is not None:
            keep_result(run, result)
        return run.id


@blueprint.get("/proposals/import/<int:import_id>")
@roles(*BODY_ROLES)
def show_import(import_id: int) -> Answer:
    """Look at what an import would do, how far it has come, what it did (取込みの確認・結果)."""
    run = get_import(current_actor(), import_id)
    answer = make_response(import_page(run, request.args.get("page", "")))
    if run.stage in MOVING_STAGES:
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@blueprint.post("/proposals/import/<int:import_id>/commit")
@roles(*BODY_ROLES)
def commit_import(import_id: int) -> Answer:
    """Save an import that was checked (取込みの実行)."""
    actor = current_actor()
    run = get_import(actor, import_id)
    form = CommitForm()
    if form.validate():
        with unit_of_work():
            outcome = ask_commit(run, actor=actor)
        flash(*SAID[outcome])
    return redirect(url_for("exchange.show_import", import_id=import_id))


@blueprint.post("/proposals/import/<int:import_id>/errors")
@roles(*BODY_ROLES)
def import_errors(import_id: int) -> Answer:
    """Download the rows with their errors beside them (誤りの列を付けた表)."""
    actor = current_actor()
    run = get_import(actor, import_id)
    made = ReportFile(
        content=faulty_file(run, actor),
        content_type=XLSX_TYPE,
        ascii_name=f"import_errors_{import_id}_{to_jst(now()):%Y%m%d}.xlsx",
        name=f"取込みの誤り_{import_id}_{to_jst(now()):%Y%m%d}.xlsx",
    )
    with unit_of_work():
        note_errors_file(get_import(actor, import_id), actor=actor)
    return as_download(made)
