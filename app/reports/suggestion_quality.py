"""The report on the suggestions as a table (候補の品質の出力): all rounds but practice."""

from collections.abc import Iterator

from app.accounts.models import User
from app.core.tabular import Column, Table
from app.suggestions.quality import Tally
from app.triage.quality_lines import Line, QualityLines, month_words, quality_lines
from app.triage.suggestion_outcomes import shown_opinions

NAME = "suggestion-quality"
TITLE = "候補の品質"
DESCRIPTION = "示した台帳の候補の扱いと的中率。月ごと、台帳の古さごと、候補の出し方の版ごと"
NOTES = (
    "仕分け意見を登録したときに示していた候補の件数。操作練習と、利益相反で見られない提案を除く。",
    "的中率は、台帳の行を根拠に挙げた意見のうち、1番目（3番目まで）の候補が根拠に入っていた割合。"
    "台帳の古さごと・版ごとの行には、ない。",
)
COLUMNS = (
    Column("counted_by", "集計", width=20),
    Column("month", "月", width=16),
    Column("line", "台帳・時点・版", width=32),
    Column("shown", "示した候補", "integer"),
    Column("accepted", "採った", "integer"),
    Column("rejected", "当たらない", "integer"),
    Column("ignored", "見送り", "integer"),
    Column("cited", "根拠を挙げた意見", "integer"),
    Column("first_rate", "1番目で的中", "percent"),
    Column("near_rate", "3番目までに的中", "percent"),
)


def build_suggestion_quality(reader: User) -> Table:
    """Make the table of the report, as far as the reader may see the cases (候補の品質)."""
    lines = quality_lines(shown_opinions(reader))
    return Table(title=TITLE, columns=COLUMNS, rows=list(_rows(lines)), notes=NOTES)


def _rows(lines: QualityLines) -> Iterator[dict[str, object]]:
    for month, of_month in lines.months:
        for line in of_month:
            yield _row("月ごと", month_words(month), line) | _hits(line.tally)
    for line in lines.ages if lines.months else ():
        yield _row("台帳の古さごと", None, line)
    for line in lines.versions:
        yield _row("候補の出し方の版ごと", None, line)


def _row(counted_by: str, month: str | None, line: Line) -> dict[str, object]:
    return {
        "counted_by": counted_by,
        "month": month,
        "line": line.label,
        "shown": line.tally.shown,
        "accepted": line.tally.accepted,
        "rejected": line.tally.rejected,
        "ignored": line.tally.ignored,
        "cited": None,
        "first_rate": None,
        "near_rate": None,
    }


def _hits(tally: Tally) -> dict[str, object]:
    return {
        "cited": tally.cited,
        "first_rate": tally.first_rate,
        "near_rate": tally.near_rate,
    }
