"""A plan as a document (方針の文書): for PDF and docx, from any content of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.core.document import (
    Align,
    Block,
    Cell,
    Document,
    Heading,
    KeyValues,
    Paragraph,
    Shade,
    TableBlock,
)
from app.core.eras import format_year
from app.core.text import is_blank
from app.plans.content import PlanContent
from app.plans.cost_table import CostLine, cost_table
from app.plans.costs import CostComparison
from app.plans.outline import Part
from app.plans.schedule import QUARTERS, STAGE_WORDS, Quarter, Stage, Task, years_shown

UNWRITTEN = "（未記入）"
_SHADES = {
    Stage.STUDY: Shade.LIGHT,
    Stage.PREPARE: Shade.HEAD,
    Stage.INTRODUCE: Shade.DARK,
    Stage.CONTINUE: Shade.LIGHT,
}
_NAME_SHARE = 0.2
_PAYER_SHARE, _LABEL_SHARE = 0.1, 0.3


class Stamp(NamedTuple):
    """What stands about the version above the text (版の表示), and who made the file when."""

    candidate: str
    ministries: str
    version: str
    made_at: datetime
    made_by: str


def plan_document(content: PlanContent, stamp: Stamp) -> Document:
    """Put the plan together: every heading in its order, costs and schedule as tables (文書)."""
    blocks: list[Block] = [
        KeyValues(
            pairs=(
                ("対象候補", stamp.candidate),
                ("担当府省庁", stamp.ministries),
                ("年度", f"{format_year(content.fiscal_year)}度"),
                ("版", stamp.version),
            )
        )
    ]
    for row in content.headings:
        blocks.append(Heading(level=row.level, text=row.words))
        if row.part is Part.TEXT:
            text = content.texts.get(row.key, "")
            blocks.append(Paragraph(text=UNWRITTEN if is_blank(text) else text))
        elif row.part is Part.COSTS:
            blocks.append(_cost_block(content.costs))
        elif row.part is Part.SCHEDULE:
            blocks += _schedule_blocks(content.tasks, content.fiscal_year)
    return Document(
        title="共通化推進方針",
        subtitle=stamp.candidate,
        blocks=blocks,
        made_at=stamp.made_at,
        made_by=stamp.made_by,
        is_landscape=True,
    )


def _cost_block(comparison: CostComparison) -> Block:
    if comparison.is_empty:
        return Paragraph(text=UNWRITTEN)
    table = cost_table(comparison)
    share = (1 - _PAYER_SHARE - _LABEL_SHARE) / max(len(table.options), 1)
    return TableBlock(
        caption=table.caption,
        header=[["負担", "費用", *(Cell(text=name) for name in table.options)]],
        rows=[_cost_row(line) for line in table.lines],
        widths=[_PAYER_SHARE, _LABEL_SHARE, *(share for _ in table.options)],
        aligns=[Align.LEFT, Align.LEFT, *(Align.RIGHT for _ in table.options)],
        notes=table.notes,
    )


def _cost_row(line: CostLine) -> list[str | Cell]:
    shade = Shade.LIGHT if line.is_total else Shade.NONE
    texts = [line.payer, line.label, *(cell.words for cell in line.cells)]
    aligns = [Align.LEFT, Align.LEFT, *(_align(cell.is_missing) for cell in line.cells)]
    return [
        Cell(text=text, shade=shade, is_bold=line.is_total, align=align)
        for text, align in zip(texts, aligns, strict=True)
    ]


def _align(is_missing: bool) -> Align:
    return Align.LEFT if is_missing else Align.RIGHT


def _schedule_blocks(tasks: Sequence[Task], first_year: int) -> list[Block]:
    if not tasks:
        return [Paragraph(text=UNWRITTEN)]
    years = years_shown(tasks, first_year)
    count = len(years) * len(QUARTERS)
    chart = TableBlock(
        caption="スケジュール（1つの欄が四半期。網掛けと文字で段階を示す）",
        header=[
            [
                Cell(text="工程", rows=2),
                *(Cell(text=f"{format_year(year)}度", columns=len(QUARTERS)) for year in years),
            ],
            [str(number) for _ in years for number in QUARTERS],
        ],
        rows=[_task_row(task, years) for task in tasks],
        widths=[_NAME_SHARE, *((1 - _NAME_SHARE) / count for _ in range(count))],
        aligns=[Align.LEFT, *(Align.CENTER for _ in range(count))],
    )
    words = TableBlock(
        caption="工程の期間",
        header=[["工程", "段階と期間"]],
        rows=[[task.name, "\n".join(span.words for span in task.spans)] for task in tasks],
        widths=[0.3, 0.7],
    )
    return [chart, words]


def _task_row(task: Task, years: range) -> list[str | Cell]:
    row: list[str | Cell] = [task.name]
    place = Quarter(years.start, QUARTERS[0]).ordinal
    end = place + len(years) * len(QUARTERS)
    for span in task.spans:
        row += ["" for _ in range(span.start.ordinal - place)]
        row.append(
            Cell(
                text=STAGE_WORDS[span.stage],
                columns=span.end.ordinal - span.start.ordinal + 1,
                align=Align.CENTER,
                shade=_SHADES[span.stage],
            )
        )
        place = span.end.ordinal + 1
    return [*row, *("" for _ in range(end - place))]
