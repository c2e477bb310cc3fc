"""What changed between two versions of a plan (版の新旧): texts by character, figures by line."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.difference import Piece, difference
from app.plans.content import PlanContent
from app.plans.cost_table import cost_table
from app.plans.costs import UNIT_WORDS, CostComparison
from app.plans.outline import Part, PlanHeading
from app.plans.schedule import Task

NOTHING = "なし"


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """A figure or a stage that changed (行の新旧): what it is, old and new words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SectionChange:
    """A heading under which something changed (項目の新旧): pieces of its text, or lines."""

    heading: PlanHeading
    pieces: tuple[Piece, ...] = ()
    lines: tuple[LineChange, ...] = ()


def changes_between(before: PlanContent, after: PlanContent) -> list[SectionChange]:
    """Headings under which something changed, in their order (新旧の対照)."""
    found: list[SectionChange] = []
    for heading in _headings(before, after):
        change = _section_change(heading, before, after)
        if change is not None:
            found.append(change)
    return found


def _headings(before: PlanContent, after: PlanContent) -> list[PlanHeading]:
    kept = {row.key for row in after.headings}
    return [*after.headings, *(row for row in before.headings if row.key not in kept)]


def _section_change(
    heading: PlanHeading, before: PlanContent, after: PlanContent
) -> SectionChange | None:
    if heading.part is Part.TEXT:
        old, new = before.texts.get(heading.key, ""), after.texts.get(heading.key, "")
        if old == new:
            return None
        return SectionChange(heading=heading, pieces=tuple(difference(old, new)))
    if heading.part is Part.COSTS:
        lines = line_changes(cost_words(before.costs), cost_words(after.costs))
    elif heading.part is Part.SCHEDULE:
        lines = line_changes(task_words(before.tasks), task_words(after.tasks))
    else:
        lines = []
    return SectionChange(heading=heading, lines=tuple(lines)) if lines else None


def line_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[LineChange]:
    """Lines that came, went or read differently, those of the new order first (行の新旧)."""
    labels = [*after, *(label for label in before if label not in after)]
    return [
        LineChange(label=label, before=before.get(label, NOTHING), after=after.get(label, NOTHING))
        for label in labels
        if before.get(label) != after.get(label)
    ]


def cost_words(comparison: CostComparison) -> dict[str, str]:
    """Every input and total of a comparison in words, by what it is (費用の各欄)."""
    if comparison.is_empty:
        return {}
    unit = UNIT_WORDS[comparison.unit]
    years = "未入力" if comparison.years is None else f"{comparison.years}年"
    found = {"金額の単位": unit, "比較する年数": years, "算定の前提": comparison.note or NOTHING}
    for row in comparison.classes:
        bodies = "未入力" if row.bodies is None else f"{row.bodies:,}団体"
        found[f"{row.label}の団体数"] = bodies
    table = cost_table(comparison)
    for number, option in enumerate(table.options):
        for line in table.lines:
            # Years and bodies are lines of their own, above: a total keeps its name without them.
            found[f"{option}：{line.name}"] = line.cells[number].words
    return found


def task_words(tasks: tuple[Task, ...]) -> dict[str, str]:
    """The stages of every task in words, by its name (工程の各段階)."""
    return {task.name: "、".join(span.words for span in task.spans) for task in tasks}
