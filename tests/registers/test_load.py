"""The registers hold what was printed, in the printed words."""

from collections import Counter

from app.registers.content import read_content, texts_of
from app.registers.load import read_entries, read_register
from app.registers.models import AliasKind, Register


def test_read_entries_has_all_rows_of_all_registers() -> None:
    rows = Counter(entry.register for entry in read_entries())

    assert rows == {
        Register.TYPES: 9,
        Register.BUNKEN: 14,
        Register.CORE20: 20,
        Register.CLOSELY_RELATED: 21,
        Register.KEIYU_JIMU: 11,
        Register.KEIYU_CHOSA: 13,
        Register.COMMON_SYSTEM: 10,
        Register.DPI: 6,
    }


def test_read_entries_numbers_rows_from_one_without_gap() -> None:
    wrong = [
        register
        for register in Register
        if [entry.number for entry in read_register(register)]
        != list(range(1, len(read_register(register)) + 1))
    ]

    assert wrong == []


def test_read_entries_name_every_row_once() -> None:
    named = Counter((entry.register, entry.title) for entry in read_entries())

    assert [name for name, count in named.items() if count > 1] == []


def test_read_entries_name_their_source() -> None:
    unsourced = [entry.title for entry in read_entries() if not entry.source]

    assert unsourced == []


def test_read_entries_has_the_sums_of_the_source() -> None:
    numbers = [number for row in read_register(Register.BUNKEN) for number in row.control_numbers]
    procedures = sum(row.quantity or 0 for row in read_register(Register.KEIYU_JIMU))
    surveys = sum(row.quantity or 0 for row in read_register(Register.KEIYU_CHOSA))

    assert (len(set(numbers)), procedures, surveys) == (16, 478, 232)


def test_read_register_keeps_printed_wording() -> None:
    children = read_register(Register.CLOSELY_RELATED)[15]

    assert children.title == "こども医療費助成システム"
    assert children.linked_names == (
        "住民基本台帳",
        "個人住民税",
        "国民健康保健",
        "生活保護",
        "子育て支援",
    )


def test_misprints_are_aliases_of_the_row_they_mean() -> None:
    meant = {
        alias.text: entry.title
        for entry in read_register(Register.CORE20)
        for alias in entry.aliases
        if alias.kind is AliasKind.PRINTED
    }

    assert meant == {
        "選挙人名簿": "選挙人名簿管理",
        "子育て支援": "子ども・子育て支援",
        "国民健康保健": "国民健康保険",
    }


def test_texts_of_every_row_are_read_back_to_it() -> None:
    rows = read_entries()

    assert [read_content(row.register, texts_of(row)) for row in rows] == rows
