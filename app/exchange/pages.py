"""What the pages of imports show (取込みの画面の内容)."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from math import ceil
from typing import NamedTuple, TypeVar

from flask import render_template, url_for

from app.accounts.models import User
from app.core import clock
from app.core.errors import NotFound
from app.core.tabular import Column, Table, to_xlsx
from app.exchange.columns import FAULT_LABEL, PLACE_LABELS
from app.exchange.forms import (
    ACCEPT,
    COUNT_LIMIT,
    FILE_LIMIT_MB,
    TOTAL_LIMIT_MB,
    CommitForm,
    ImportForm,
)
from app.exchange.models import ImportRun, ImportStage
from app.exchange.queries import KEPT_DAYS, latest_imports
from app.exchange.result import CheckResult, Finding, Line, LineKind, result_of
from app.exchange.rows import ImportRow, read_upload
from app.exchange.services.imports import ROWS_AT_ONCE, sent_files

PAGE_SIZE = 100
REFRESH_SECONDS = 3
FORGOTTEN = "このファイルの内容は、もう残っていません。"
MOVING_STAGES = (ImportStage.WAITING, ImportStage.CHECKING, ImportStage.COMMITTING)

Row = TypeVar("Row")


class Kept(NamedTuple):
    """A part of a long list (一覧の1ページ): its rows, how many there are, in how many pages."""

    number: int
    pages: int


@dataclass(frozen=True)
class ResultPage:
    """One page of the result of a check (確認の結果の1ページ)."""

    result: CheckResult
    errors: Sequence[Finding]
    changed: Sequence[Line]
    new: Sequence[Line]
    changed_count: int
    new_count: int
    unchanged: int
    page: Kept

    @property
    def can_commit(self) -> bool:
        """Whether there is something to save, and nothing against it."""
        return not self.result.errors and self.result.effects > 0


def imports_page(form: ImportForm, actor: User) -> str:
    """Render the page where files are sent in (表・様式の取込み)."""
    return render_template(
        "exchange/imports.html",
        form=form,
        rounds=form.rounds.values(),
        runs=latest_imports(actor),
        stage_words=STAGE_WORDS,
        accept=ACCEPT,
        limits=(FILE_LIMIT_MB, TOTAL_LIMIT_MB, COUNT_LIMIT),
        rows_at_once=ROWS_AT_ONCE,
        kept_days=KEPT_DAYS,
    )


def import_page(run: ImportRun, asked_page: str) -> str:
    """Render the result of an import, or how far it has come (取込みの確認・結果)."""
    found = result_page(result_of(run.findings), asked_page)
    return render_template(
        "exchange/import.html",
        form=CommitForm(formdata=None),
        run=run,
        found=found,
        is_moving=run.stage in MOVING_STAGES,
        stage_words=STAGE_WORDS,
        refresh_seconds=REFRESH_SECONDS,
        previous_url=_page_url(run, found.page.number - 1, found.page.pages),
        next_url=_page_url(run, found.page.number + 1, found.page.pages),
    )


STAGE_WORDS: dict[ImportStage, tuple[str, str]] = {
    ImportStage.WAITING: ("確認の順番待ち", "wait"),
    ImportStage.CHECKING: ("確認中", "work"),
    ImportStage.CHECKED: ("確認済み", "work"),
    ImportStage.COMMITTING: ("取込み中", "work"),
    ImportStage.DONE: ("取込み済み", "done"),
    ImportStage.FAILED: ("取り込めませんでした", "late"),
}


def result_page(result: CheckResult, asked_page: str) -> ResultPage:
    """Cut one page out of the lists of a result; an odd page number is the first."""
    changed, new = result.of_kind(LineKind.CHANGED), result.of_kind(LineKind.NEW)
    pages = max(1, *[ceil(len(rows) / PAGE_SIZE) for rows in (result.errors, changed, new)])
    is_number = asked_page.isascii() and asked_page.isdecimal() and len(asked_page) < 6
    number = min(max(int(asked_page), 1), pages) if is_number else 1
    return ResultPage(
        result=result,
        errors=_cut(result.errors, number),
        changed=_cut(changed, number),
        new=_cut(new, number),
        changed_count=len(changed),
        new_count=len(new),
        unchanged=len(result.of_kind(LineKind.UNCHANGED)),
        page=Kept(number, pages),
    )


def faulty_file(run: ImportRun, actor: User) -> bytes:
    """The rows as they were sent, with their errors beside them (誤りの列を付けた表).

    Raises NotFound once the content is forgotten.
    """
    files = sent_files(run)
    if not files:
        raise NotFound(FORGOTTEN)
    upload = read_upload(files, run.round)
    said: dict[tuple[str, str, int], list[str]] = {}
    for error in result_of(run.findings).errors:
        place = (error.file, error.sheet, error.row)
        said.setdefault(place, []).append(f"{error.label}（{error.cell}）：{error.reason}")
    keys = [column for column in upload.columns if not column.is_ignored]
    rows = [
        {
            "fault": "\n".join(said.get(astuple(row.place), ())),
            **{f"place_{name}": value for name, value in asdict(row.place).items()},
            **{column.name: _raw(row, column.name) for column in keys},
        }
        for row in upload.rows
    ]
    places = zip(("place_file", "place_sheet", "place_row"), PLACE_LABELS, strict=True)
    table = Table(
        title="取込みの誤り",
        columns=[
            Column("fault", FAULT_LABEL, width=60),
            *[Column(name, label) for name, label in places],
            *[Column(column.name, column.label) for column in keys],
        ],
        rows=rows,
        notes=("誤りを直して、このファイルをそのまま取り込めます。左の4列は読みません。",),
    )
    return to_xlsx(table, produced_at=clock.now(), produced_by=actor.label)


def _raw(row: ImportRow, name: str) -> str:
    entry = row.entries.get(name)
    return entry.text if entry is not None else ""


def _cut(rows: Sequence[Row], number: int) -> Sequence[Row]:
    return rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


def _page_url(run: ImportRun, number: int, pages: int) -> str | None:
    if not 1 <= number <= pages:
        return None
    return url_for("exchange.show_import", import_id=run.id, page=number)
