"""`python -m bench.table`: put the kept figures into docs/performance.md, between its marks."""

from pathlib import Path
from typing import Any

from bench.results import read
from bench.serving.pages import PAGES

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LABELS = {page.name: page for page in PAGES}
HEAD = (
    "| データベース | 件数 | 画面 | 件/秒（1・4接続） | p50 | p95 | 床 p50 | 倍 | 目標 |",
    "|---|---:|---|---|---:|---:|---:|---:|---|",
)


def main() -> None:
    """Write the table."""
    found = read()
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    lines = [*_machine(found), "", *HEAD, *map(_row, found.get("serving", []))]
    lines += ["", *_growth(found), *map(_memory, found.get("memory", []))]
    lines += map(_transfer, found.get("transfer", []))
    text = "\n".join(lines)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _machine(found: dict[str, Any]) -> list[str]:
    machine = found.get("machine", {})
    return ["、".join(f"{name} {value}" for name, value in machine.items())]


def _row(row: dict[str, Any]) -> str:
    own, bare = row["product"], row["floor"]
    is_met = row["times_floor"] <= row["target"]
    cells = (
        DATABASES[row["database"]],
        f"{row['cases']:,}",
        LABELS[row["page"]].label,
        f"{own['1']['per_second']}・{own['4']['per_second']}",
        f"{own['1']['p50']} ms",
        f"{own['1']['p95']} ms",
        f"{bare['1']['p50']} ms",
        f"{row['times_floor']}",
        f"{row['target']:g}（{'届いた' if is_met else '届かない'}）",
    )
    return f"| {' | '.join(cells)} |"


def _growth(found: dict[str, Any]) -> list[str]:
    """How much p95 grew from the small size to the large one (p95の伸び)."""
    p95 = {
        (row["database"], row["page"], row["cases"]): row["product"]["1"]["p95"]
        for row in found.get("serving", [])
    }
    lines = []
    for (database, page, cases), smaller in p95.items():
        larger = p95.get((database, page, 10 * cases))
        if larger is not None:
            grown = larger / smaller
            limit = LABELS[page].targets.growth
            lines.append(
                f"- {DATABASES[database]}、{LABELS[page].label}：{cases:,}件から{10 * cases:,}件で"
                f" p95 は{grown:.2f}倍（目標{limit:g}倍以下）"
            )
    return lines


def _memory(row: dict[str, Any]) -> str:
    workers = "、".join(f"{rss} MB（按分 {pss} MB）" for rss, pss in row["workers"])
    return f"- {DATABASES[row['database']]}、{row['cases']:,}件：計測後の作業プロセス {workers}"


def _transfer(row: dict[str, Any]) -> str:
    return (
        f"- {DATABASES[row['database']]}、{row['what']}：{row['rows']:,}行 {row['seconds']} 秒、"
        f"メモリーの増え {row['grown_mb']} MB"
    )


if __name__ == "__main__":
    main()
