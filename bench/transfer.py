"""Large files in and out (大きな取込み・出力): seconds, and how much the process grew."""

import json
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.core import clock
from app.core.postgresql_waits import unhurried
from app.core.unit_of_work import unit_of_work
from app.exchange.checking import check_rows
from app.exchange.export_table import export_table
from app.exchange.export_view import view_for_command
from app.exchange.files import ExportFormat, export_file
from app.exchange.rows import SentFile, read_upload
from app.exchange.scopes import OperatorScope
from app.exchange.services.imports import save_lines
from app.extensions import db
from app.rounds.models import Round
from app.rounds.queries import get_round
from bench.results import keep
from bench.scratch import made_up_text
from bench.serving.servers import memory_of
from bench.serving.world import app_on, database, prepare
from bench.settings import Settings, say

ROWS_IN = 10_000
QUICK_ROWS = 500
LOOK_SECONDS = 0.05
LONGEST_TITLE = 40
# What the product settles itself: left empty in what is sent in.
OWN_COLUMNS = ("receipt_number", "draft_id", "organization_name", "org_type", "state", "category")
OWN_DATES = ("response_policy", "received_on", "due_on", "round", "partner_codes")


def run(settings: Settings) -> None:
    """Take every case of the round out in each form; bring made-up rows in."""
    with database(settings) as url, unhurried():
        world = prepare(url, 0)
        with app_on(url):
            round_ = get_round(world.round_key)
            for form in (ExportFormat.CSV, ExportFormat.JSON_LINES, ExportFormat.XLSX):
                _export(round_, form, settings)
            _import(round_, settings)


def _export(round_: Round, form: ExportFormat, settings: Settings) -> None:
    view = view_for_command(round_, None, with_contact=False)
    table = export_table(round_, view)

    def work() -> None:
        made = export_file(round_, table, form, produced_at=clock.now(), produced_by="bench")
        made.file.close()

    seconds, busy, grown = _watched(work)
    db.session.rollback()
    say(
        f"export {form}: {len(table.rows)} rows, {seconds:.1f} s ({busy:.1f} s of processor),"
        f" grew by {grown:.0f} MB at most"
    )
    _keep(f"export {form}", len(table.rows), seconds, grown, settings)


def _import(round_: Round, settings: Settings) -> None:
    rows = QUICK_ROWS if settings.is_quick else ROWS_IN
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        _write_rows(round_, path, rows)
        sent = [SentFile(path.name, path.read_bytes())]
    db.session.rollback()
    told: list[int] = []

    def work() -> None:
        scope = OperatorScope(None)
        with unit_of_work():
            round_now = get_round(round_.key)
            upload = read_upload(sent, round_now)
            result = check_rows(upload, round_now, scope, progress=told.append)
            if result.errors:
                raise RuntimeError(f"the made-up rows are wrong: {result.errors[0]}")
            save_lines(result, round_now, scope)

    key = round_.key
    seconds, busy, grown = _watched(work)
    say(
        f"import: {rows} rows into {key}, {seconds:.1f} s ({busy:.1f} s of processor),"
        f" told of {len(told)} times, grew by {grown:.0f} MB at most"
    )
    _keep("import jsonl", rows, seconds, grown, settings)


def _write_rows(round_: Round, path: Path, rows: int) -> None:
    """Rows in the form of our own export, with other titles and texts."""
    view = view_for_command(round_, None, with_contact=True)
    row = dict(export_table(round_, view).rows[0])
    row |= dict.fromkeys((*OWN_COLUMNS, *OWN_DATES), "")
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            title, detail = made_up_text(number)
            texts = {"title": f"{title[:LONGEST_TITLE]} {number}", "detail": detail}
            file.write(json.dumps({**row, **texts}, ensure_ascii=False, default=str) + "\n")


def _watched(work: Callable[[], None]) -> tuple[float, float, float]:
    """Seconds of some work, those of the processor, by how many MB the process grew at most.

    Beside other work only those of the processor can be compared.
    """
    first, highest, is_done = memory_of(_own())[0], [0.0], threading.Event()

    def look() -> None:
        while not is_done.wait(LOOK_SECONDS):
            highest[0] = max(highest[0], memory_of(_own())[0] - first)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    started, busy = time.perf_counter(), time.process_time()
    try:
        work()
    finally:
        is_done.set()
        watcher.join()
    return time.perf_counter() - started, time.process_time() - busy, highest[0]


def _own() -> int:
    return int(Path("/proc/self").resolve().name)


def _keep(what: str, rows: int, seconds: float, grown: float, settings: Settings) -> None:
    keep(
        "transfer",
        {"database": settings.database, "cases": settings.cases, "what": what},
        {"rows": rows, "seconds": round(seconds, 1), "grown_mb": round(grown)},
        is_kept=settings.is_kept,
    )
