"""A plan as tables (方針の表): texts, inputs and computed costs, schedule, for xlsx."""

from datetime import date
from decimal import Decimal

from app.core.tabular import Column, Table, to_xlsx
from app.plans.content import PlanContent
from app.plans.cost_table import CostCell, cost_table
from app.plans.document import Stamp
from app.plans.outline import Part
from app.plans.schedule import STAGE_WORDS

COSTS_SHEET = "費用の比較"
SCHEDULE_SHEET = "スケジュール"
# Beyond this a number of a workbook, which is a double, is not the figure any more.
_LARGEST_EXACT = 2**53


def plan_workbook(content: PlanContent, stamp: Stamp) -> bytes:
    """The plan as xlsx (方針のExcel): sections, costs with computed figures and inputs, schedule.

    A text longer than a cell can hold raises ValueError; sections are shorter.
    """
    return to_xlsx(
        sections_table(content, stamp),
        produced_at=stamp.made_at,
        produced_by=stamp.made_by,
        more=(costs_table(content), schedule_table(content)),
    )


def sections_table(content: PlanContent, stamp: Stamp) -> Table:
    """Every heading with its text (項目と本文)."""
    said = {
        Part.COSTS: f"シート「{COSTS_SHEET}」を見てください",
        Part.SCHEDULE: f"シート「{SCHEDULE_SHEET}」を見てください",
    }
    rows = [
        {
            "heading": row.words,
            "text": content.texts.get(row.key, "") if row.part is Part.TEXT else said[row.part],
        }
        for row in content.headings
        if row.part is not None
    ]
    return Table(
        title=f"共通化推進方針 {stamp.version}",
        columns=(Column("heading", "項目", width=40), Column("text", "本文", width=100)),
        rows=rows,
        notes=(f"対象候補：{stamp.candidate}", f"担当府省庁：{stamp.ministries}"),
    )


def costs_table(content: PlanContent) -> Table:
    """Inputs and totals, an option a column (費用の比較); what is missing is said in words."""
    table = cost_table(content.costs)
    options = [
        Column(f"option{number}", name, "text", 22)
        for number, name in enumerate(table.options, start=1)
    ]
    rows = [
        {
            "payer": line.payer,
            "label": line.label,
            "kind": "算定" if line.is_total else "入力",
            **{column.key: _number(cell) for column, cell in zip(options, line.cells, strict=True)},
        }
        for line in table.lines
    ]
    return Table(
        title=COSTS_SHEET,
        columns=(
            Column("payer", "負担", width=10),
            Column("label", table.caption, width=44),
            Column("kind", "入力・算定", width=12),
            *options,
        ),
        rows=rows if table.options else [],
        notes=table.notes,
    )


def schedule_table(content: PlanContent) -> Table:
    """A stage of a task a row (スケジュール)."""
    rows = [
        {
            "task": task.name,
            "stage": STAGE_WORDS[span.stage],
            "start": span.start.words,
            "end": span.end.words,
        }
        for task in content.tasks
        for span in task.spans
    ]
    return Table(
        title=SCHEDULE_SHEET,
        columns=(
            Column("task", "工程", width=30),
            Column("stage", "段階", width=10),
            Column("start", "始まり", width=34),
            Column("end", "終わり", width=34),
        ),
        rows=rows,
    )


def _number(cell: CostCell) -> object:
    """The figure as a number where a workbook can hold it exactly, else its words."""
    value: Decimal | None = cell.value
    if value is None or abs(value) >= _LARGEST_EXACT:
        return cell.words
    if value == value.to_integral_value():
        return int(value)
    # A double that reads back as the figure sums up in the workbook; words would be left out.
    near = float(value)
    return near if Decimal(repr(near)) == value else cell.words


def file_name(candidate_id: int, version: int | None, day: date, ending: str) -> str:
    """Name of a file of a plan: plan_12_v2.pdf, or with the day for what is being written."""
    stand = f"v{version}" if version else f"draft_{day:%Y%m%d}"
    return f"plan_{candidate_id}_{stand}.{ending}"
