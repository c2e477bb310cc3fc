"""Tables of the reports as tables of the paper (報告の表から資料の表へ)."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from app.core.document import Cell, Shade
from app.core.eras import format_date
from app.core.tabular import Table
from app.papers.stored import Check, Sheet
from app.registers.models import RegisterEntry
from app.reports.report import Report

NUMBER_WORDS = ",d"


def words_of(value: object) -> str:
    """Return a cell of a report as the paper prints it (セルの文字)."""
    if value is None:
        return ""
    return f"{value:{NUMBER_WORDS}}" if isinstance(value, int) else str(value)


def sheet_of(name: str, table: Table, keys: Sequence[str]) -> Sheet:
    """Return the rows of a report under keys that stay the same (資料の表): `keys` make them.

    Rows with the same key are told apart by their place among each other.
    """
    rows: dict[str, Mapping[str, str]] = {}
    for row in table.rows:
        key = " ".join(words_of(row[each]) for each in keys).strip()
        place = 2
        unique = key
        while unique in rows:
            unique, place = f"{key}（{place}）", place + 1
        rows[unique] = {column.label: words_of(row[column.key]) for column in table.columns}
    return Sheet(name=name, title=table.title, rows=rows)


def checks_of(report: Report) -> list[Check]:
    """Return the identities of a report and its comparison with what was published (検算)."""
    checks = [
        Check(words=f"{report.title}：{check.words}", is_ok=check.is_ok) for check in report.checks
    ]
    if report.comparison is not None:
        words = f"{report.title}：{report.comparison.sentence}"
        checks.append(Check(words=words, is_ok=report.comparison.is_equal))
    return checks


def sources_of(entries: Sequence[RegisterEntry]) -> str:
    """Return the sources of rows of a register with their days (台帳の出典), each once."""
    found = dict.fromkeys((entry.source, entry.as_of) for entry in entries)
    return "、".join(f"{source}（{format_date(day)}時点）" for source, day in found)


def spanned(texts: Sequence[str], *, shade: Shade = Shade.NONE) -> list[Cell | None]:
    """Return one cell for each run of equal texts, None in the rows it covers (縦の結合)."""
    cells: list[Cell | None] = []
    for text, run in groupby(texts):
        count = len(list(run))
        cells += [Cell(text=text, rows=count, shade=shade), *[None] * (count - 1)]
    return cells


def rows_from(columns: Sequence[Sequence[str | Cell | None]]) -> list[list[str | Cell]]:
    """Return rows from columns, places that are covered left out (列から行へ)."""
    return [[cell for cell in row if cell is not None] for row in zip(*columns, strict=True)]
