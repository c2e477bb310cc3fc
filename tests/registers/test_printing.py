"""A register as its source prints it (台帳の印刷の形)."""

import pytest

from app.registers.models import Register, RegisterEntry
from app.registers.printing import matching, printed
from app.registers.queries import rows_of, sum_of
from tests.factories import World


@pytest.mark.parametrize(
    ("register", "groups", "total"),
    [
        (Register.BUNKEN, [("A", 7), ("B-1", 1), ("B-2", 8)], "管理番号 16件"),
        (
            Register.KEIYU_JIMU,
            [("1", 18), ("2-A", 96), ("2-B", 53), ("2-C", 311)],
            "手続数 478手続",
        ),
        (Register.KEIYU_CHOSA, [("", 232)], "経由調査数 232調査"),
        (Register.CORE20, [("", None)], "行数 20行"),
    ],
)
def test_groups_and_sums_are_those_of_the_source(
    world: World, register: Register, groups: list[tuple[str, int | None]], total: str
) -> None:
    laid_out = printed(register, rows_of(register))

    assert [(group.code, group.subtotal) for group in laid_out.groups] == groups
    assert laid_out.words(sum_of(register)) == laid_out.words(laid_out.total) == total


def test_row_added_to_a_class_stands_with_it() -> None:
    rows = [
        RegisterEntry(number=number, group_code=code, group_label="", title="")
        for number, code in ((1, "A"), (2, "B-1"), (3, "A"))
    ]

    laid_out = printed(Register.BUNKEN, rows)

    assert [[row.number for row in group.rows] for group in laid_out.groups] == [[1, 3], [2]]


def test_line_of_two_proposals_prints_both_with_their_numbers(world: World) -> None:
    line = rows_of(Register.BUNKEN)[10]

    assert line.numbered_titles == [
        ("ふるさと納税の指定申出手続等における事務手続のシステム化等", "89"),
        ("ふるさと納税返礼品に係る審査の効率化等", "25"),
    ]


@pytest.mark.parametrize(
    ("term", "numbers"),
    [("学童", [20]), ("ｼﾞﾕｳﾀｸ", []), ("子育て支援 国保", []), ("住宅使用料", [8])],
)
def test_search_finds_by_alias_and_link(world: World, term: str, numbers: list[int]) -> None:
    found = matching(rows_of(Register.CLOSELY_RELATED), term)

    assert [entry.number for entry in found] == numbers
