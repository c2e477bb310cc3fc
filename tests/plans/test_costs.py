"""The comparison of costs (費用の比較): exact totals, and nothing missing counted as 0."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.plans.changes import cost_words, line_changes
from app.plans.cost_table import cost_table
from app.plans.costs import (
    Amounts,
    CostComparison,
    CostOption,
    SizeClass,
    comparison_from_json,
    missing_inputs,
    totals,
)
from app.plans.figures import FigureError, amount_words, read_amount, read_whole

MONEY = st.none() | st.decimals(
    min_value=0, max_value=Decimal("9999999999999.999"), places=3, allow_nan=False
)
AMOUNTS = st.builds(Amounts, initial=MONEY, yearly=MONEY)


@st.composite
def comparisons(draw: st.DrawFn) -> CostComparison:
    count = draw(st.integers(0, 4))
    classes = tuple(
        SizeClass(label=f"区分{number}", bodies=draw(st.none() | st.integers(0, 99_999)))
        for number in range(count)
    )
    options = tuple(
        CostOption(
            name=f"案{number}",
            national=draw(AMOUNTS),
            local=tuple(draw(AMOUNTS) for _ in range(count)),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    years = draw(st.none() | st.integers(1, 20))
    return CostComparison(years=years, classes=classes, options=options)


def recomputed(comparison: CostComparison, option: CostOption) -> Fraction | None:
    """The whole cost of an option year by year and body by body, in fractions."""
    parts = [(option.national, 1), *zip(option.local, _bodies(comparison), strict=True)]
    if comparison.years is None or not comparison.classes:
        return None
    whole = Fraction(0)
    for amounts, bodies in parts:
        if amounts.initial is None or amounts.yearly is None or bodies is None:
            return None
        paid = Fraction(amounts.initial)
        for _ in range(comparison.years):
            paid += Fraction(amounts.yearly)
        whole += paid * bodies
    return whole


def _bodies(comparison: CostComparison) -> list[int | None]:
    return [row.bodies for row in comparison.classes]


@settings(max_examples=60)
@given(comparisons())
def test_totals_are_exact_and_never_count_what_is_missing(comparison: CostComparison) -> None:
    found = totals(comparison)

    wholes = [recomputed(comparison, option) for option in comparison.options]
    known = [whole for whole in wholes if whole is not None]
    assert [
        None if row.whole.value is None else Fraction(row.whole.value) for row in found
    ] == wholes
    assert [bool(row.whole.missing) for row in found] == [whole is None for whole in wholes]
    assert [row.is_cheapest for row in found] == [
        len(known) > 1 and whole is not None and whole == min(known) for whole in wholes
    ]
    for row, whole in list(zip(found, wholes, strict=True))[1:]:
        assert row.difference is not None
        if whole is None or wholes[0] is None:
            assert row.difference.value is None
        else:
            assert Fraction(row.difference.value or 0) == whole - wholes[0]
    assert comparison_from_json(comparison.as_json()) == comparison


def test_missing_inputs_are_named() -> None:
    comparison = CostComparison(
        years=5,
        classes=(SizeClass(label="市", bodies=None),),
        options=(
            CostOption(
                name="現状",
                national=Amounts(initial=Decimal(1), yearly=None),
                local=(Amounts(initial=Decimal(1), yearly=Decimal(1)),),
            ),
        ),
    )

    table = cost_table(comparison)

    whole = next(line for line in table.lines if line.label == "国・地方の計（5年間）")
    assert whole.cells[0].words == "算定できません（未入力：国の年額費用、市の団体数）"
    assert missing_inputs(comparison) == ["現状：国の年額費用", "市の団体数"]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("", None),
        ("　", None),
        ("0", Decimal(0)),
        ("１２，０００", Decimal(12000)),
        ("1,234.5", Decimal("1234.5")),
        ("9999999999999", Decimal(9999999999999)),
    ],
)
def test_amount_is_read_as_it_is_written(typed: str, amount: Decimal | None) -> None:
    assert read_amount(typed) == amount


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("約百万", "数字として読めません"),
        ("-5", "マイナス"),
        ("▲5", "マイナス"),
        ("12345678901234", "13桁以内"),
        ("1.2345", "小数は3桁まで"),
        ("1,23", "数字として読めません"),
        ("1e5", "数字として読めません"),
        ("٣", "数字として読めません"),
        ("NaN", "数字として読めません"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(FigureError, match=words):
        read_amount(typed)


def test_numbers_of_years_have_bounds() -> None:
    assert read_whole("２０", most=20, unit="年", least=1) == 20
    with pytest.raises(FigureError, match="1から20まで"):
        read_whole("21", most=20, unit="年", least=1)
    assert amount_words(Decimal("-1234.500")) == "−1,234.5"


def test_changed_figures_of_classes_with_like_names_stay_apart() -> None:
    before = CostComparison(
        years=1,
        classes=(SizeClass(label="市（大）", bodies=1), SizeClass(label="市（小）", bodies=1)),
        options=(
            CostOption(
                name="現状",
                national=Amounts(initial=Decimal(0), yearly=Decimal(0)),
                local=(Amounts(initial=Decimal(1), yearly=Decimal(1)),) * 2,
            ),
        ),
    )
    after = replace(before, classes=(before.classes[0], SizeClass(label="市（小）", bodies=3)))

    changed = line_changes(cost_words(before), cost_words(after))

    assert [(row.label, row.before, row.after) for row in changed] == [
        ("市（小）の団体数", "1団体", "3団体"),
        ("現状：市（小）の計", "2", "6"),
        ("現状：地方の計", "4", "8"),
        ("現状：国・地方の計", "4", "8"),
    ]
