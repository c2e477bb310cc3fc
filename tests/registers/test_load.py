"""The registers hold what was printed, in the printed words."""

from collections import Counter

from app.registers.load import read_entries, read_register
from app.registers.models import Register


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
    unsourced = [entry.title for entry in read_entries() if "（出典：" not in entry.detail]

    assert unsourced == []


def test_read_register_keeps_printed_wording() -> None:
    children = read_register(Register.CLOSELY_RELATED)[15]

    assert children.title == "こども医療費助成システム"
    assert "国民健康保健" in children.detail
