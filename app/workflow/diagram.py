"""The table of states as a page for people (状態遷移図): drawn from the table, never by hand."""

from pathlib import Path

from app.workflow.labels import ACTION_LABELS, FOLLOW_UP_LABELS, STATE_LABELS, TERM_LABELS
from app.workflow.states import FollowUp, State
from app.workflow.table import FOLLOW_UP_TABLE, TABLE, Row, Target
from app.workflow.terms import DEFAULT_OFFICE_DAYS, STATE_CLOCKS, Holder, Term

README = Path(__file__).with_name("README.md")
COMMAND = "flask --app wsgi workflow diagram"

CATEGORY_WORDS = f"{STATE_LABELS[State.CLASSIFIED]}（操作で選んだ分類）"
HOLDER_WORDS = {
    Holder.SECRETARIAT: "事務局",
    Holder.PROPOSER: "提案団体",
    Holder.MINISTRY: "府省庁",
}
HEAD = f"""# 提案の状態遷移

`app/workflow/table.py` から作ったページです。直接は編集せず、表を変えてから
`{COMMAND}` を実行してください。

「分類確定」は分類体系の分類ごとに一つの状態です（例：`classified_f5`）。
「統合済み」へは統合で移り、統合の取消しで元の状態に戻ります（`app/lineage`）。
だれが操作できるかは、この表ではなく `app/proposals/policy.py` と
`app/triage/policy.py` が決めます。
"""


def draw_readme() -> str:
    """Return the page: diagram, arrows, arrows after each follow-up kind, clocks."""
    return "\n".join([HEAD, *_diagram(), *_arrows(), *_follow_ups(), *_clocks()])


def write_readme(path: Path) -> None:
    """Write the page to a file."""
    path.write_text(draw_readme(), encoding="utf-8")


def _rows() -> list[Row]:
    """Every row once: those of the follow-up kinds differ in who has them."""
    shared = dict.fromkeys(row for rows in FOLLOW_UP_TABLE.values() for row in rows)
    return [*TABLE, *shared]


def _target(row: Row) -> State:
    return State.CLASSIFIED if isinstance(row.target, Target) else row.target


def _target_words(row: Row) -> str:
    return CATEGORY_WORDS if isinstance(row.target, Target) else STATE_LABELS[row.target]


def _diagram() -> list[str]:
    states = [f'    state "{STATE_LABELS[state]}" as {state}' for state in State]
    arrows = [
        f"    {source} --> {_target(row)}: {ACTION_LABELS[row.action]}"
        for row in _rows()
        for source in row.sources
    ]
    leaving = {source for row in _rows() for source in row.sources}
    ends = [f"    {state} --> [*]" for state in State if state not in leaving]
    start = f"    [*] --> {State.DRAFT}"
    return ["```mermaid", "stateDiagram-v2", *states, start, *arrows, *ends, "```", ""]


def _arrows() -> list[str]:
    lines = ["## 操作", "", "| 操作 | 名前 | 操作前の状態 | 操作後の状態 |", "|---|---|---|---|"]
    for row in _rows():
        sources = "、".join(STATE_LABELS[source] for source in row.sources)
        lines.append(
            f"| {ACTION_LABELS[row.action]} | `{row.action}` | {sources} | {_target_words(row)} |"
        )
    return [*lines, ""]


def _follow_ups() -> list[str]:
    lines = ["## 分類確定後の操作", "", "| 後続対応 | 名前 | 操作 |", "|---|---|---|"]
    for kind in FollowUp:
        actions = "、".join(ACTION_LABELS[row.action] for row in FOLLOW_UP_TABLE[kind])
        lines.append(f"| {FOLLOW_UP_LABELS[kind]} | `{kind}` | {actions} |")
    return [*lines, ""]


def _clocks() -> list[str]:
    lines = ["## 期限", "", "| 状態 | 期限 | 持ち主 | 既定の日数 |", "|---|---|---|---|"]
    for state, (term, holder) in STATE_CLOCKS.items():
        words = [STATE_LABELS[state], TERM_LABELS[term], HOLDER_WORDS[holder], _days(term)]
        lines.append(f"| {' | '.join(words)} |")
    return [*lines, ""]


def _days(term: Term) -> str:
    days = DEFAULT_OFFICE_DAYS.get(term)
    return "見直し日まで" if days is None else f"{days}開庁日"
