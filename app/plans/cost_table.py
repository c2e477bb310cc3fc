"""The comparison of costs as lines (費用の比較表): one table for screen, documents and xlsx."""

from dataclasses import dataclass
from decimal import Decimal

from app.plans.costs import UNIT_WORDS, Amounts, CostComparison, OptionTotals, Total, totals
from app.plans.figures import amount_words

MISSING = "未入力"
NATIONAL = "国"
LOCAL = "地方"
WHOLE = "国・地方"


@dataclass(frozen=True, kw_only=True)
class CostCell:
    """One figure in words and as a number (費用の欄); `is_missing` when it is not known."""

    words: str
    value: Decimal | None = None
    is_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """A line of the table (費用の行): payer, what it is, a cell for each option."""

    payer: str
    # What it is, whatever the numbers of years and bodies are (行の名前).
    name: str
    label: str
    cells: tuple[CostCell, ...]
    # Computed from the inputs above (算定), not typed.
    is_total: bool = False


@dataclass(frozen=True, kw_only=True)
class CostTable:
    """The whole table (費用の比較表)."""

    caption: str
    options: tuple[str, ...]
    lines: tuple[CostLine, ...]
    notes: tuple[str, ...]


def cost_table(comparison: CostComparison) -> CostTable:
    """Lay out inputs and totals, the inputs of each payer before its total (費用の比較表)."""
    results = totals(comparison)
    years = f"{comparison.years}年間" if comparison.years else "年数未入力"
    lines = [*_national(comparison, results, years), *_local(comparison, results, years)]
    lines += _whole(results, years)
    unit = UNIT_WORDS[comparison.unit]
    return CostTable(
        caption=f"費用の比較（単位：{unit}、{years}、初期費用＋年額費用×年数）",
        options=tuple(row.name for row in comparison.options),
        lines=tuple(lines),
        notes=_notes(comparison, results),
    )


def _national(
    comparison: CostComparison, results: list[OptionTotals], years: str
) -> list[CostLine]:
    paid = [option.national for option in comparison.options]
    return [
        *_inputs(NATIONAL, "", paid),
        _totals(NATIONAL, "国の計", years, [row.national for row in results]),
    ]


def _local(comparison: CostComparison, results: list[OptionTotals], years: str) -> list[CostLine]:
    lines: list[CostLine] = []
    for number, row in enumerate(comparison.classes):
        bodies = "団体数未入力" if row.bodies is None else f"{row.bodies:,}団体"
        paid = [option.local[number] for option in comparison.options]
        lines += _inputs(LOCAL, f"{row.label} 1団体の", paid)
        found = [result.classes[number] for result in results]
        lines.append(_totals(LOCAL, f"{row.label}の計", f"{bodies}・{years}", found))
    lines.append(_totals(LOCAL, "地方の計", years, [row.local for row in results]))
    return lines


def _whole(results: list[OptionTotals], years: str) -> list[CostLine]:
    differences = tuple(
        CostCell(words="（比較の基準）")
        if row.difference is None
        else _total_cell(row.difference, is_difference=True)
        for row in results
    )
    verdicts = tuple(CostCell(words=_verdict(row)) for row in results)
    return [
        _totals(WHOLE, "国・地方の計", years, [row.whole for row in results]),
        _line(WHOLE, "現状との差", differences),
        _line(WHOLE, "判定", verdicts),
    ]


def _inputs(payer: str, prefix: str, paid: list[Amounts]) -> list[CostLine]:
    by_words = {
        "初期費用": [amounts.initial for amounts in paid],
        "年額費用": [amounts.yearly for amounts in paid],
    }
    return [
        CostLine(
            payer=payer,
            name=f"{payer} {prefix}{words}",
            label=f"{prefix}{words}",
            cells=tuple(_input_cell(value) for value in values),
        )
        for words, values in by_words.items()
    ]


def _totals(payer: str, name: str, over: str, found: list[Total]) -> CostLine:
    cells = tuple(_total_cell(total) for total in found)
    return CostLine(payer=payer, name=name, label=f"{name}（{over}）", cells=cells, is_total=True)


def _line(payer: str, name: str, cells: tuple[CostCell, ...]) -> CostLine:
    return CostLine(payer=payer, name=name, label=name, cells=cells, is_total=True)


def _input_cell(value: Decimal | None) -> CostCell:
    if value is None:
        return CostCell(words=MISSING, is_missing=True)
    return CostCell(words=amount_words(value), value=value)


def _total_cell(total: Total, *, is_difference: bool = False) -> CostCell:
    if total.value is None:
        words = f"算定できません（{MISSING}：{'、'.join(total.missing)}）"
        return CostCell(words=words, is_missing=True)
    sign = "+" if is_difference and total.value > 0 else ""
    return CostCell(words=sign + amount_words(total.value), value=total.value)


def _verdict(row: OptionTotals) -> str:
    if row.whole.value is None:
        return "算定できません"
    return "総額が最小" if row.is_cheapest else "—"


def _notes(comparison: CostComparison, results: list[OptionTotals]) -> tuple[str, ...]:
    notes = ["物価や金利の変動は見込んでいません。"]
    unknown = sum(row.whole.value is None for row in results)
    if unknown:
        notes.append(
            f"{unknown}つの案は未入力の項目があり、総額を算定できません。"
            "未入力は0として扱わず、「総額が最小」は算定できた案の中で示します。"
        )
    if comparison.note:
        notes.append(f"算定の前提：{comparison.note}")
    return tuple(notes)
