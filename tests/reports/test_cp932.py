"""CSV in CP932 (Shift_JIS): nothing is lost unseen."""

from app.core.tabular import Column, Table
from app.reports.cp932 import LostLetter, encode, lost_letters

COLUMNS = (Column("number", "#", kind="integer"), Column("title", "提案概要"))


def table_of(*titles: str) -> Table:
    rows = [{"number": number, "title": title} for number, title in enumerate(titles, start=1)]
    return Table(title="表", columns=COLUMNS, rows=rows)


def test_common_letters_are_all_carried() -> None:
    assert lost_letters(table_of("髙﨑①㈱ｼｽﾃﾑ〜−", "ⅰ\n２行目")) == []


def test_lost_letters_are_listed_with_row_and_column() -> None:
    found = lost_letters(table_of("題", "𠮷野家—", "葛\U000e0100城"))

    assert found == [
        LostLetter(2, "提案概要", "𠮷", "U+20BB7"),
        LostLetter(2, "提案概要", "—", "U+2014"),
        LostLetter(3, "提案概要", "葛\U000e0100", "U+845B U+E0100"),
    ]


def test_private_use_letters_are_listed_though_cp932_has_places_for_them() -> None:
    assert lost_letters(table_of("\ue000")) == [LostLetter(1, "提案概要", "\ue000", "U+E000")]


def test_encode_puts_one_geta_for_one_letter() -> None:
    assert encode("𠮷野家\r\n葛\U000e0100城\ue000").decode("cp932") == "〓野家\r\n〓城〓"
