"""Checks and comparison in words (検算・公表値との照合)."""

from app.reports.published import compare
from app.reports.report import Amount, SumCheck


def test_sum_check_says_that_the_parts_make_the_whole() -> None:
    parts = (Amount("分類済み", 1227), Amount("ペンディング", 5))

    check = SumCheck(parts=parts, whole=Amount("提案", 1232))

    assert check.is_ok
    assert check.sentence == "検算（一致）：分類済み 1,227 ＋ ペンディング 5 ＝ 提案 1,232件"


def test_sum_check_says_that_they_do_not() -> None:
    check = SumCheck(parts=(Amount("分類済み", 226),), whole=Amount("提案", 227))

    assert not check.is_ok
    assert check.sentence == "検算（不一致）：分類済み 226 ≠ 提案 227件"


def test_comparison_counts_the_lines_that_agree() -> None:
    comparison = compare({"a": 1, "b": 2}, [("a", "A", 1), ("b", "B", 2)])

    assert comparison is not None
    assert comparison.sentence == "公表値との照合：2行すべて一致"


def test_comparison_names_the_lines_that_differ() -> None:
    comparison = compare({"a": 1, "b": 2}, [("a", "A", 3), ("b", "B", 2)])

    assert comparison is not None
    assert not comparison.is_equal
    assert comparison.sentence == ("公表値との照合：2行のうち1行が不一致：A（公表 1、集計 3）")


def test_comparison_leaves_out_what_the_paper_does_not_have() -> None:
    comparison = compare({"a": 1}, [("a", "A", 1), ("f7", "F-7", 4)])

    assert comparison is not None
    assert [figure.label for figure in comparison.figures] == ["A"]


def test_comparison_is_none_without_published_figures() -> None:
    assert compare({}, [("a", "A", 1)]) is None
