"""The backlog as tables for files and the terminal (滞留の出力): six sheets in a workbook."""

from collections.abc import Iterable, Sequence

from app.core.clock import to_jst
from app.core.eras import format_date
from app.core.tabular import Column, Table
from app.reports.backlog.handoff_rows import HandoffRow, MinistryLine
from app.reports.backlog.matrix import HOLDER_WORDS, Backlog, MatrixLine
from app.reports.backlog.rows import BUCKETS, BacklogRow
from app.reports.backlog.tally import overdue_of
from app.rounds.models import Round
from app.workflow.labels import STATE_LABELS, TERM_LABELS

_BUCKET_KEYS = tuple(f"days_{bucket.key.replace('-', '_')}" for bucket in BUCKETS)
MATRIX_COLUMNS = (
    Column("part", "区分", width=24),
    Column("code", "記号", width=8),
    Column("line", "状態・分類", width=28),
    *(
        Column(key, bucket.label, "integer", width=10)
        for key, bucket in zip(_BUCKET_KEYS, BUCKETS, strict=True)
    ),
    Column("count", "計", "integer", width=10),
)
HOLDER_COLUMNS = (
    Column("kind", "持ち主の種類"),
    Column("holder", "今の持ち主", width=28),
    Column("in_review", "仕分け中", "integer", width=10),
    Column("in_confirmation", "確認待ち", "integer", width=10),
    Column("others", "ほか", "integer", width=10),
    Column("cases", "手持ち", "integer", width=10),
    Column("overdue", "期限超過", "integer", width=10),
    Column("oldest", "最長（開庁日）", "integer", width=14),
)
MINISTRY_COLUMNS = (
    Column("ministry", "府省庁", width=28),
    Column("unacknowledged", "受領待ち", "integer", width=10),
    Column("unanswered", "回答待ち", "integer", width=10),
    Column("answered", "回答あり", "integer", width=10),
    Column("open", "未了", "integer", width=10),
    Column("overdue", "期限超過", "integer", width=10),
    Column("oldest", "最長（送付からの開庁日）", "integer", width=16),
)
CASE_COLUMNS = (
    Column("number", "受付番号", width=12),
    Column("state", "状態", width=14),
    Column("code", "分類", width=8),
    Column("holder", "今の持ち主", width=28),
    Column("since", "今の状態になった日", "date", width=18),
    Column("age", "今の状態の日数（開庁日）", "integer", width=14),
    Column("bucket", "区分", width=10),
    Column("due_on", "期限", "date", width=12),
    Column("overdue", "超過（開庁日）", "integer", width=14),
    Column("is_extended", "延長", width=8),
)


def matrix_table(backlog: Backlog, round_: Round, notes: tuple[str, ...]) -> Table:
    """The matrix of the report (滞留の行列), its sums in the total row."""
    return Table(
        title=f"{round_.label}の滞留",
        columns=MATRIX_COLUMNS,
        rows=[_matrix_row(group.title, line) for group in backlog.groups for line in group.lines],
        total=_matrix_row(None, backlog.whole) | {"line": "計"},
        notes=notes,
    )


def _matrix_row(part: str | None, line: MatrixLine) -> dict[str, object]:
    counts = dict(zip(_BUCKET_KEYS, line.counts, strict=True))
    return {
        "part": part,
        "code": line.code or None,
        "line": line.label,
        **counts,
        "count": line.total,
    }


def more_tables(backlog: Backlog, rows: Sequence[BacklogRow]) -> tuple[Table, ...]:
    """The other sheets (ほかのシート): holders, overdue, oldest ten, all cases."""
    return (
        holder_table(backlog),
        case_table("期限超過", overdue_of(rows)),
        case_table("古い順", backlog.oldest),
        case_table("提案", rows),
        *((ministry_table(backlog.ministries),) if backlog.ministries is not None else ()),
    )


def holder_table(backlog: Backlog) -> Table:
    """Who has how many (持ち主別)."""
    return Table(
        title="持ち主別",
        columns=HOLDER_COLUMNS,
        rows=[
            {
                "kind": HOLDER_WORDS[kind],
                "holder": line.name,
                "in_review": line.in_review,
                "in_confirmation": line.in_confirmation,
                "others": line.others,
                "cases": line.cases,
                "overdue": line.overdue,
                "oldest": line.oldest,
            }
            for kind, lines in backlog.holders.items()
            for line in lines
        ],
    )


def ministry_table(lines: Iterable[MinistryLine]) -> Table:
    """Hand-offs that are not over, by destination (府省庁別の送付)."""
    return Table(
        title="府省庁別の送付",
        columns=MINISTRY_COLUMNS,
        rows=[
            {
                "ministry": line.name,
                "unacknowledged": line.unacknowledged,
                "unanswered": line.unanswered,
                "answered": line.answered,
                "open": line.open,
                "overdue": line.overdue,
                "oldest": line.oldest,
            }
            for line in lines
        ],
    )


def case_table(title: str, rows: Iterable[BacklogRow]) -> Table:
    """Cases of the backlog one by one (提案別); no text of a proposal."""
    return Table(title=title, columns=CASE_COLUMNS, rows=[case_cells(row) for row in rows])


def case_cells(row: BacklogRow) -> dict[str, object]:
    """The cells of one case (提案別の行)."""
    return {
        "number": row.number,
        "state": STATE_LABELS[row.state],
        "code": row.category_code or None,
        "holder": row.holder_words,
        "since": to_jst(row.since).date(),
        "age": row.age,
        "bucket": row.bucket.label,
        "due_on": row.due_on,
        "overdue": row.overdue or None,
        "is_extended": "延長" if row.is_extended else None,
    }


def words_of(row: BacklogRow) -> dict[str, str]:
    """One case in words by label, to set two of them side by side (照合の行)."""
    return {
        "状態": STATE_LABELS[row.state] + (f"（{row.category_code}）" if row.category_code else ""),
        "今の持ち主": row.holder_words,
        "今の状態になった日": format_date(to_jst(row.since).date()),
        "今の状態の日数": f"{row.age}開庁日",
        "期限": format_date(row.due_on) if row.due_on else "なし",
        "超過": f"{row.overdue}開庁日" if row.overdue else "なし",
        "延長": "あり" if row.is_extended else "なし",
    }


def handoff_words_of(row: HandoffRow) -> str:
    """One hand-off in words, to set two of them side by side (照合の行)."""
    late = f"　超過 {row.overdue}開庁日" if row.overdue else ""
    sent_on = format_date(to_jst(row.sent_at).date())
    return (
        f"{row.destination}　{TERM_LABELS[row.term]}　送付 {sent_on}"
        f"（{row.age}開庁日）　期限 {format_date(row.due_on)}{late}"
    )
