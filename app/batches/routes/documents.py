"""Files of a batch (まとめて送付の文書): cover letters and the list, before and after sending."""

from datetime import datetime
from urllib.parse import quote

from flask import make_response, request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.batches.letter import CoverLetter, letter_document, letter_of, letter_table
from app.batches.plan import plan_of
from app.batches.queries import LETTER_NOT_FOUND, get_batch, letters_of
from app.batches.routes.blueprint import blueprint
from app.core import clock
from app.core.access import roles
from app.core.document.pdf import to_pdf
from app.core.document.word import DOCX_TYPE, to_docx
from app.core.documents import PDF_TYPE
from app.core.errors import NotFound
from app.core.tabular import XLSX_TYPE
from app.core.tabular.data import to_csv
from app.core.tabular.workbook import to_xlsx
from app.handoffs.models import HandoffBatch
from app.proposals.queries import SECRETARIAT_ROLES

CONTENT_TYPES = {
    "docx": DOCX_TYPE,
    "pdf": PDF_TYPE,
    "xlsx": XLSX_TYPE,
    "csv": "text/csv; charset=utf-8; header=present",
}
NO_SUCH_FORMAT = "この形式では出力できません。画面のボタンから選んでください。"


@blueprint.get("/handoffs/batches/<int:batch_id>/destinations/<int:organization_id>/letter")
@roles(*SECRETARIAT_ROLES)
def letter(batch_id: int, organization_id: int) -> Response:
    """The cover letter to one destination as docx or PDF (事務連絡)."""
    batch = get_batch(current_actor(), batch_id)
    found = _letters(batch).get(organization_id)
    if found is None:
        raise NotFound(LETTER_NOT_FOUND)
    document = letter_document(found, made_at=_made_at(batch), is_draft=batch.sent_at is None)
    form = _form("docx", "pdf")
    content = to_docx(document) if form == "docx" else to_pdf(document)
    return _download(content, form, f"batch{batch.id}_{organization_id}", _name(batch, found))


@blueprint.get("/handoffs/batches/<int:batch_id>/list")
@roles(*SECRETARIAT_ROLES)
def listing(batch_id: int) -> Response:
    """Every hand-off of a batch as xlsx or csv (送付の一覧)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    table = letter_table(
        batch.title, list(_letters(batch).values()), is_draft=batch.sent_at is None
    )
    form = _form("xlsx", "csv")
    if form == "xlsx":
        content = to_xlsx(table, produced_at=_made_at(batch), produced_by=actor.label)
    else:
        content = to_csv(table, bom=True)
    return _download(content, form, f"batch{batch.id}", f"{_mark(batch)}送付の一覧")


def _letters(batch: HandoffBatch) -> dict[int, CoverLetter]:
    """Letters by destination: as they were sent, else as they would be now."""
    if batch.sent_at is not None:
        return {key: letter_of(row.content) for key, row in letters_of(batch).items()}
    return {place.destination.id: place.letter for place in plan_of(batch).destinations}


def _made_at(batch: HandoffBatch) -> datetime:
    return batch.sent_at or clock.now()


def _form(*known: str) -> str:
    asked = request.args.get("format", known[0])
    if asked not in known:
        raise NotFound(NO_SUCH_FORMAT)
    return asked


def _mark(batch: HandoffBatch) -> str:
    return "" if batch.sent_at is not None else "【案】"


def _name(batch: HandoffBatch, found: CoverLetter) -> str:
    return f"{_mark(batch)}事務連絡_{found.addressee}"


def _download(content: bytes, form: str, ascii_name: str, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = CONTENT_TYPES[form]
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}.{form}\"; filename*=UTF-8''{quote(f'{name}.{form}')}"
    )
    return answer
