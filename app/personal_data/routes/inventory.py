"""The inventory on the screen and as a file (個人情報の台帳)."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.audit.services import Subject, record
from app.core import clock
from app.core.access import roles
from app.core.tabular import XLSX_TYPE, Column, Table, to_csv, to_xlsx
from app.core.unit_of_work import unit_of_work
from app.files.serving import disposition
from app.personal_data.inventory import INVENTORY, columns_outside
from app.personal_data.routes.blueprint import READERS, blueprint

TITLE = "個人情報の台帳"
CSV = "csv"
COLUMNS = (
    Column("label", "個人情報", width=28),
    Column("persons", "本人", width=28),
    Column("purpose", "利用目的", width=36),
    Column("basis", "根拠", width=44),
    Column("audience", "見る人", width=36),
    Column("retention", "保存期間", width=40),
    Column("erasure", "廃棄の方法", width=44),
    Column("places", "保存する場所（表.列）", width=60),
)


@blueprint.get("/personal-data")
@roles(*READERS)
def inventory() -> str:
    """What personal data are held, why, for how long (個人情報の台帳)."""
    return render_template(
        "personal_data/inventory.html", inventory=INVENTORY, outside=columns_outside()
    )


@blueprint.post("/personal-data/export")
@roles(*READERS)
def export() -> Response:
    """Take the inventory out as a workbook or as csv (台帳の出力)."""
    as_csv = request.form.get("form") == CSV
    actor = current_actor()
    made = _file(_table(), actor.label, as_csv=as_csv)
    with unit_of_work():
        record(
            "personal_data.export",
            Subject(type="personal_data", id=None),
            actor=actor,
            changes={"form": CSV if as_csv else "xlsx"},
        )
    response = make_response(made)
    response.headers["Content-Type"] = "text/csv; charset=utf-8" if as_csv else XLSX_TYPE
    response.headers["Content-Disposition"] = disposition(f"{TITLE}.{CSV if as_csv else 'xlsx'}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(table: Table, produced_by: str, *, as_csv: bool) -> bytes:
    if as_csv:
        return to_csv(table, bom=True)
    return to_xlsx(table, produced_at=clock.now(), produced_by=produced_by)


def _table() -> Table:
    rows = [{**row._asdict(), "places": "、".join(row.places)} for row in INVENTORY]
    outside = [f"台帳に載せない列：{reason}（{count}列）" for reason, count in columns_outside()]
    return Table(TITLE, COLUMNS, rows, notes=(f"{clock.today().isoformat()}現在", *outside))
