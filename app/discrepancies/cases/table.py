"""The findings about cases as a table for files (案件の点検の表)."""

from collections.abc import Mapping

from app.accounts.models import User
from app.core.errors import InvalidInput
from app.core.tabular import Column, Table
from app.discrepancies.cases.overview import CaseOverview, CaseStanding, CheckedCases
from app.reports.files import FileFormat

NAME = "case-check"
TITLE = "案件の点検"
FORMATS = {
    FileFormat.XLSX: "Excel",
    FileFormat.CSV: "CSV（UTF-8）",
    FileFormat.JSON: "JSON",
}
LONG_WIDTH = 48
COLUMNS = (
    Column("check", "点検", width=28),
    Column("number", "受付番号"),
    Column("other", "もう一方の受付番号"),
    Column("title", "提案", width=LONG_WIDTH),
    Column("state", "状態", width=20),
    Column("since", "いつから", kind="date"),
    Column("holder", "今の持ち主", width=24),
    Column("what", "見つかったこと", width=LONG_WIDTH),
    Column("todo", "すること", width=LONG_WIDTH),
    Column("explanation", "説明", width=LONG_WIDTH),
    Column("explained_by", "説明した人"),
)


def check_format(name: str) -> FileFormat:
    """Read a form by its name (出力形式). Raises InvalidInput that lists the known ones."""
    if name in list(FORMATS):
        return FileFormat(name)
    known = "、".join(FORMATS)
    message = f"この形式では出力できません。{known} のいずれかを指定してください"
    raise InvalidInput({"format": [message]})


def case_table(overview: CaseOverview, reader: User) -> Table:
    """Every finding as a row (案件の点検の表), check by check, those that wait in front."""
    rows = [
        _row(result, standing, overview)
        for result in overview.results
        for standing in (*result.waiting, *result.explained)
    ]
    notes = (
        f"{reader.label}が閲覧できる提案を調べました。",
        f"説明を待つもの：案件{overview.waiting_cases}件、組{overview.waiting_pairs}組。",
    )
    return Table(title=TITLE, columns=COLUMNS, rows=rows, notes=notes)


def _row(
    result: CheckedCases, standing: CaseStanding, overview: CaseOverview
) -> Mapping[str, object]:
    finding = standing.finding
    if finding is None:
        raise LookupError("a result holds what is found")
    case, said = finding.case, standing.latest if standing.is_explained else None
    return {
        "check": result.check.title,
        "number": case.number,
        "other": finding.cases[1].number if len(finding.cases) > 1 else None,
        "title": case.title,
        "state": case.state_words,
        "since": case.state_since,
        "holder": overview.holders[case.id],
        "what": finding.what,
        "todo": finding.todo,
        "explanation": said.explanation if said else None,
        "explained_by": said.explained_by.label if said else None,
    }
