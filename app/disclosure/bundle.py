"""The one file that is handed out (開示文書): what is hidden is in none of its bytes (M4)."""

import io
import zipfile
from collections.abc import Iterator
from hashlib import sha256

from app.core import clock
from app.core.document import Align, Block, Document, Heading, Paragraph, TableBlock
from app.core.document.pdf import to_pdf
from app.core.eras import format_date, format_datetime
from app.core.errors import IllegalTransition
from app.core.tabular import Column, Table, to_csv
from app.disclosure.labels import GROUND_LABELS, KIND_LABELS
from app.disclosure.models import DisclosureRecord, DisclosureRequest, Ground, RecordKind
from app.disclosure.redaction import redacted_text
from app.files.gate.names import split_extension
from app.files.models import Verdict
from app.files.services import open_content

PDF_NAME = "開示文書.pdf"
LIST_NAME = "不開示部分一覧.csv"
SUMS_NAME = "SHA256SUMS"
NOT_CLEAN = (
    "ウイルス検査を終えていない添付があります。検査が終わってから作るか、不開示にしてください。"
)
# The earliest day a ZIP can hold: the members tell nothing of when they were made.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
LIST_COLUMNS = (
    Column("number", "番号", "integer"),
    Column("case", "受付番号"),
    Column("kind", "文書の種類"),
    Column("label", "文書"),
    Column("place", "箇所"),
    Column("ground", "不開示の理由（行政機関情報公開法）"),
)


def make_bundle(request: DisclosureRequest) -> bytes:
    """Make the ZIP of a request (開示文書): PDF, list of what is hidden, files, checksums.

    Every text is built from its visible parts: nothing is covered that could be uncovered. Raises
    IllegalTransition for a file the scanner has not passed.
    """
    members = {
        PDF_NAME: to_pdf(_document(request)),
        LIST_NAME: to_csv(withheld_list(request), bom=True),
        **dict(_files(request)),
    }
    sums = "".join(f"{sha256(held).hexdigest()}  {name}\n" for name, held in members.items())
    members[SUMS_NAME] = sums.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, held in members.items():
            bundle.writestr(zipfile.ZipInfo(name, ZIP_DAY), held, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def withheld_list(request: DisclosureRequest) -> Table:
    """Every hidden part with its place and ground (不開示部分一覧); the place tells no length."""
    rows: list[dict[str, object]] = []
    for record in request.records:
        places = [("全部", record.ground)] if record.ground else _places(record)
        for place, ground in places:
            rows.append(
                {
                    "number": len(rows) + 1,
                    "case": record.proposal.receipt_number,
                    "kind": KIND_LABELS[record.kind],
                    "label": record.label,
                    "place": place,
                    "ground": GROUND_LABELS[ground],
                }
            )
    return Table(title="不開示部分一覧", columns=LIST_COLUMNS, rows=rows)


def _places(record: DisclosureRecord) -> list[tuple[str, Ground]]:
    hidden = sorted(record.redactions, key=lambda row: row.start)
    return [(f"{number}か所目", row.ground) for number, row in enumerate(hidden, start=1)]


def _document(request: DisclosureRequest) -> Document:
    made_at = request.approved_at or clock.now()
    return Document(
        title=f"開示文書　{request.number}",
        subtitle=f"{format_date(request.received_on)}受付",
        blocks=list(_blocks(request)),
        made_at=made_at,
        made_by="事務局",
    )


def _blocks(request: DisclosureRequest) -> Iterator[Block]:
    case = None
    for record in request.records:
        if record.proposal.receipt_number != case:
            case = record.proposal.receipt_number
            yield Heading(level=1, text=str(case))
        yield Heading(level=2, text=f"{KIND_LABELS[record.kind]}　{record.label}")
        is_file = record.kind is RecordKind.ATTACHMENT and record.ground is None
        yield Paragraph(text="ファイルを添えています。" if is_file else redacted_text(record))
    yield Heading(level=1, text="不開示部分一覧")
    table = withheld_list(request)
    if not table.rows:
        yield Paragraph(text="不開示とした部分はありません。")
        return
    yield TableBlock(
        caption=f"不開示部分　{len(table.rows)}か所",
        header=[[column.label for column in LIST_COLUMNS]],
        rows=[[str(cell) for cell in table.cells(row)] for row in table.rows],
        widths=[1, 2, 2, 4, 2, 5],
        aligns=[Align.RIGHT, *[Align.LEFT] * 5],
        notes=[f"{format_datetime(request.approved_at)}承認"] if request.approved_at else [],
    )


def _files(request: DisclosureRequest) -> Iterator[tuple[str, bytes]]:
    for record in request.records:
        if record.attachment is None or record.ground is not None:
            continue
        stored = record.attachment.file
        if stored.verdict is not Verdict.CLEAN:
            raise IllegalTransition(NOT_CLEAN)
        extension = split_extension(stored.name)[1]
        name = f"{record.proposal.receipt_number}_{record.label}"
        with open_content(stored) as content:
            yield (f"{name}.{extension}" if extension else name), content.read()
