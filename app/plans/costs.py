"""The comparison of costs (費用の比較): options × 国・地方 × initial and yearly, over n years.

Everything here is exact and pure. A missing input makes the totals that need it missing, and they
say which one it is; it never counts as 0. There is no inflation and no discount.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

MOST_OPTIONS = 6
MOST_CLASSES = 7


class CostUnit(StrEnum):
    """Unit of the amounts (金額の単位)."""

    THOUSAND = "thousand_yen"
    TEN_THOUSAND = "ten_thousand_yen"


UNIT_WORDS = {CostUnit.THOUSAND: "千円", CostUnit.TEN_THOUSAND: "万円"}


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """What something costs (費用): once at first, and each year; None where it is not known."""

    initial: Decimal | None = None
    yearly: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class SizeClass:
    """Bodies of one size (団体の規模の区分), and how many there are."""

    label: str
    bodies: int | None = None


@dataclass(frozen=True, kw_only=True)
class CostOption:
    """One way to do it (案): what the state pays, and what one body of each size class pays."""

    name: str
    national: Amounts = Amounts()
    local: tuple[Amounts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CostComparison:
    """Options over the same years for the same bodies (費用の比較); the first one is 現状."""

    unit: CostUnit = CostUnit.THOUSAND
    years: int | None = None
    classes: tuple[SizeClass, ...] = ()
    options: tuple[CostOption, ...] = ()
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written yet (未記入)."""
        return not self.options and not self.classes

    def as_json(self) -> dict[str, Any]:
        """The comparison as it is stored; amounts are texts, so that they stay exact."""
        return {
            "unit": self.unit.value,
            "years": self.years,
            "classes": [{"label": row.label, "bodies": row.bodies} for row in self.classes],
            "options": [
                {
                    "name": row.name,
                    "national": _amounts_as_json(row.national),
                    "local": [_amounts_as_json(each) for each in row.local],
                }
                for row in self.options
            ],
            "note": self.note,
        }


def comparison_from_json(stored: Mapping[str, Any]) -> CostComparison:
    """Read what `as_json` stored; an empty one for {} (費用の比較の読み出し)."""
    if not stored:
        return CostComparison()
    return CostComparison(
        unit=CostUnit(stored["unit"]),
        years=stored["years"],
        classes=tuple(SizeClass(**row) for row in stored["classes"]),
        options=tuple(
            CostOption(
                name=row["name"],
                national=_amounts_from_json(row["national"]),
                local=tuple(_amounts_from_json(each) for each in row["local"]),
            )
            for row in stored["options"]
        ),
        note=stored["note"],
    )


@dataclass(frozen=True, kw_only=True)
class Total:
    """A computed amount (算定額), or the names of the inputs it lacks (未入力の項目)."""

    value: Decimal | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OptionTotals:
    """What an option costs over the years (案の総額): 国, 地方 class by class, both, difference."""

    national: Total
    classes: tuple[Total, ...]
    local: Total
    whole: Total
    # To the first option (現状との差), negative where it is cheaper; that one has none.
    difference: Total | None
    is_cheapest: bool = False


def totals(comparison: CostComparison) -> list[OptionTotals]:
    """Totals of every option: initial + yearly × years, per body × bodies (総額の算定).

    The cheapest among those that can be computed are marked, all of them when several are equal.
    """
    found: list[OptionTotals] = []
    for option in comparison.options:
        national = _over_years(option.national, comparison.years, "国")
        classes = tuple(
            _of_class(amounts, row, comparison.years)
            for row, amounts in zip(comparison.classes, option.local, strict=True)
        )
        local = _sum(classes) if classes else Total(value=None, missing=("団体の規模の区分",))
        whole = _sum([national, local])
        base = found[0].whole if found else None
        found.append(
            OptionTotals(
                national=national,
                classes=classes,
                local=local,
                whole=whole,
                difference=None if base is None else _minus(whole, base),
            )
        )
    return _with_cheapest(found)


def missing_inputs(comparison: CostComparison) -> list[str]:
    """What is not filled in, in words (未入力の項目): option by option."""
    if not comparison.options:
        return ["比較する案"]
    found: list[str] = []
    for option, result in zip(comparison.options, totals(comparison), strict=True):
        for name in result.whole.missing:
            shared = name in _SHARED or name.endswith("の団体数")
            words = name if shared else f"{option.name}：{name}"
            if words not in found:
                found.append(words)
    return found


YEARS_WORDS = "比較する年数"
_SHARED = (YEARS_WORDS, "団体の規模の区分")


def _over_years(amounts: Amounts, years: int | None, payer: str) -> Total:
    missing = [
        words
        for words, value in (
            (f"{payer}の初期費用", amounts.initial),
            (f"{payer}の年額費用", amounts.yearly),
            (YEARS_WORDS, years),
        )
        if value is None
    ]
    if amounts.initial is None or amounts.yearly is None or years is None:
        return Total(value=None, missing=tuple(missing))
    return Total(value=amounts.initial + amounts.yearly * years)


def _of_class(amounts: Amounts, row: SizeClass, years: int | None) -> Total:
    one = _over_years(amounts, years, row.label)
    missing = one.missing if row.bodies is not None else (*one.missing, f"{row.label}の団体数")
    if one.value is None or row.bodies is None:
        return Total(value=None, missing=missing)
    return Total(value=one.value * row.bodies)


def _sum(parts: Iterable[Total]) -> Total:
    whole = Decimal(0)
    missing: list[str] = []
    for part in parts:
        missing += [name for name in part.missing if name not in missing]
        whole += part.value or 0
    return Total(value=None if missing else whole, missing=tuple(missing))


def _minus(whole: Total, base: Total) -> Total:
    if whole.value is None:
        return Total(value=None, missing=whole.missing)
    if base.value is None:
        return Total(value=None, missing=tuple(f"現状の{name}" for name in base.missing))
    return Total(value=whole.value - base.value)


def _with_cheapest(found: list[OptionTotals]) -> list[OptionTotals]:
    known = [row.whole.value for row in found if row.whole.value is not None]
    # One figure alone is the smallest of nothing.
    if len(known) < 2:
        return found
    least = min(known)
    return [
        OptionTotals(
            national=row.national,
            classes=row.classes,
            local=row.local,
            whole=row.whole,
            difference=row.difference,
            is_cheapest=row.whole.value == least,
        )
        for row in found
    ]


def _amounts_as_json(amounts: Amounts) -> dict[str, str | None]:
    return {
        "initial": None if amounts.initial is None else str(amounts.initial),
        "yearly": None if amounts.yearly is None else str(amounts.yearly),
    }


def _amounts_from_json(stored: Mapping[str, str | None]) -> Amounts:
    initial, yearly = stored["initial"], stored["yearly"]
    return Amounts(
        initial=None if initial is None else Decimal(initial),
        yearly=None if yearly is None else Decimal(yearly),
    )
