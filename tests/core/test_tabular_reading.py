"""Reading tables that people send in (表の読取り): encodings, limits, formulas."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import jst
from app.core.errors import InvalidInput
from app.core.tabular import Column, Table, reading, to_csv, to_xlsx
from app.core.tabular.data import FORMULA_SIGNS, without_guard
from app.core.tabular.reading import TableFile, read_table_file, text_of
from app.core.tabular.survey import a1_name
from app.core.text import normalize_input

HEADER_AND_ROW = "受付番号,提案概要\r\n,髙﨑①㈱\r\n"
ROWS = [["受付番号", "提案概要"], ["", "髙﨑①㈱"]]
MADE_AT = jst(2024, 8, 20)


def workbook(write: Callable[[Any], object]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        write(book)
    return buffer.getvalue()


def one_sheet(*cells: tuple[str, Any]) -> bytes:
    def write(book: Any) -> None:
        sheet = book.add_worksheet("データ")
        for place, value in cells:
            sheet.write(place, value)

    return workbook(write)


def replaced_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            inner = old.read(name)
            new.writestr(name, change(inner) if name == part else inner)
    return buffer.getvalue()


def refusal_of(name: str, content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_table_file(name, content)
    (message,) = refused.value.errors["file"]
    return message


def rows_of(found: TableFile) -> list[list[Any]]:
    return [list(row) for row in found.sheets[0].rows]


# --- Text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8（BOM付き）"),
        ("cp932", "CP932（Shift_JIS）"),
        ("utf-16", "UTF-16（BOM付き）"),
    ],
)
def test_encoding_is_found_and_told(codec: str, words: str) -> None:
    found = read_table_file("表.csv", HEADER_AND_ROW.encode(codec))

    assert (rows_of(found), found.encoding) == (ROWS, words)


def test_utf_16_of_the_other_order_is_read() -> None:
    content = b"\xfe\xff" + HEADER_AND_ROW.encode("utf-16-be")

    assert rows_of(read_table_file("表.csv", content)) == ROWS


def test_cp932_letters_that_end_in_a_backslash_are_read() -> None:
    found = read_table_file("表.csv", "表,ソ能十\n貼,構".encode("cp932"))

    assert rows_of(found) == [["表", "ソ能十"], ["貼", "構"]]


def test_tabs_and_commas_both_part_the_columns() -> None:
    content = HEADER_AND_ROW.replace(",", "\t").encode()

    assert rows_of(read_table_file("表.tsv", content)) == ROWS


def test_line_breaks_and_commas_inside_quotes_stay() -> None:
    found = read_table_file("表.csv", '題,"一行目\n二行目, ""続き"""\n'.encode())

    assert rows_of(found) == [["題", '一行目\n二行目, "続き"']]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x81", "文字コードを判別できません"),
        (b"a,b\n1,\x00", "文字でないデータが入っています"),
        ('題,"閉じない'.encode(), "引用符"),
        ("題\n".encode() * (reading.MAX_ROWS + 100), "20,000行を超えています"),
        ((",".join("あ" * 201)).encode(), "列が200を超えています"),
        (f"題,{'あ' * 32_768}".encode(), "セルB1の文字が32,767文字を超えています"),
    ],
)
def test_text_that_is_no_table_of_ours_is_refused(content: bytes, words: str) -> None:
    assert words in refusal_of("表.csv", content)


@pytest.mark.parametrize("name", ["表.xls", "表.ods", "表.xlsm", "表.pdf", "表", "表.xlsx.exe"])
def test_other_formats_are_refused_with_what_to_do(name: str) -> None:
    assert ".xlsx" in refusal_of(name, b"anything")


# --- Workbooks ------------------------------------------------------------------------------------


def test_workbook_values_come_as_they_are() -> None:
    content = one_sheet(("A1", "題"), ("B2", 10006), ("C3", 0.5), ("D4", True))

    found = read_table_file("表.xlsx", content)

    cells = found.sheets[0].rows
    assert [text_of(cells[0][0]), text_of(cells[1][1])] == ["題", "10006"]
    assert [text_of(cells[2][2]), text_of(cells[3][3])] == ["0.5", "TRUE"]


def test_dates_are_read_as_iso_text() -> None:
    def write(book: Any) -> None:
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        book.add_worksheet("データ").write_number("A1", 45531, day)

    found = read_table_file("表.xlsx", workbook(write))

    assert text_of(found.sheets[0].rows[0][0]) == "2024-08-27"


def test_formulas_and_error_values_are_found_at_their_cells() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet("データ")
        sheet.write_string("A1", "=1+1")
        sheet.write_formula("C2", "=1+1", value=2)
        sheet.write_formula("D2", "=1+1", value="")

    (sheet,) = read_table_file("表.xlsx", workbook(write)).sheets

    assert text_of(sheet.rows[0][0]) == "=1+1"
    assert sheet.formulas == {(1, 2), (1, 3)}


def test_hidden_sheets_are_left_out_and_named() -> None:
    def write(book: Any) -> None:
        book.add_worksheet("データ").write("A1", "題")
        hidden = book.add_worksheet("隠し")
        hidden.write("A1", "秘密")
        hidden.hide()

    found = read_table_file("表.xlsx", workbook(write))

    assert ([sheet.name for sheet in found.sheets], found.skipped_sheets) == (["データ"], ("隠し",))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ((("A1", 1), ("XFD1048576", 1)), "セルXFD1048576"),
        ((("A1", 1), ("GS1", 1)), "列が200を超えています（セルGS1）"),
        ((("A20101", 1),), "20,000行を超えています（セルA20101）"),
    ],
)
def test_p34_cells_far_away_are_refused_by_their_names(
    cells: tuple[tuple[str, Any], ...], words: str
) -> None:
    assert words in refusal_of("表.xlsx", one_sheet(*cells))


def test_p34_one_long_text_in_many_cells_is_refused() -> None:
    cells = [(a1_name(row, 0), "あ" * 30_000) for row in range(700)]

    assert "中身が多すぎます" in refusal_of("表.xlsx", one_sheet(*cells))


def test_p34_entities_are_never_expanded() -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    content = replaced_part(
        one_sheet(("A1", "題")),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<worksheet", doctype + b"<worksheet", 1),
    )

    assert "DTD" in refusal_of("表.xlsx", content)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"not a workbook", one_sheet(("A1", 1))[:-200]]
)
def test_broken_workbooks_are_refused_in_words(content: bytes) -> None:
    assert "Excel" in refusal_of("表.xlsx", content)


def test_a1_names() -> None:
    assert [a1_name(0, 0), a1_name(9, 25), a1_name(0, 26), a1_name(1048575, 16383)] == [
        "A1",
        "Z10",
        "AA1",
        "XFD1048576",
    ]


# --- JSON Lines -----------------------------------------------------------------------------------


def test_json_lines_become_rows_under_their_keys() -> None:
    content = '{"title":"題\\n続き","n":1}\n\n{"detail":null,"ok":true}\n'.encode()

    assert rows_of(read_table_file("a.jsonl", content)) == [
        ["title", "n", "detail", "ok"],
        ["題\n続き", "1", "", ""],
        ["", "", "", "TRUE"],
    ]


@pytest.mark.parametrize("line", ["[1]", "{", '{"a":[1]}', '"a"', "[" * 5000])
def test_json_lines_that_hold_no_plain_object_are_refused_by_line(line: str) -> None:
    assert "2行目" in refusal_of("a.jsonl", f'{{"a":1}}\n{line}\n'.encode())


# --- There and back -------------------------------------------------------------------------------

SIGNED = st.sampled_from([*sorted(FORMULA_SIGNS), "'", "''", ""])
TYPED = st.tuples(SIGNED, st.text(max_size=30)).map(lambda parts: normalize_input("".join(parts)))


@given(TYPED)
def test_p35_csv_gives_every_text_back_exactly(text: str) -> None:
    table = Table("表", [Column("title", "題"), Column("x", "x")], [{"title": text, "x": "x"}])

    found = read_table_file("表.csv", to_csv(table, bom=True))

    assert without_guard(str(found.sheets[0].rows[1][0])) == text


@given(TYPED)
def test_p35_workbook_gives_every_text_back_exactly(text: str) -> None:
    table = Table("表", [Column("title", "題"), Column("x", "x")], [{"title": text, "x": "x"}])

    found = read_table_file("表.xlsx", to_xlsx(table, produced_at=MADE_AT, produced_by="試験"))

    assert (text_of(found.sheets[0].rows[1][0]), found.sheets[0].formulas) == (text, frozenset())


@pytest.mark.parametrize("text", ["'=1", "''=1", "'abc", "=1", "-現状", "'"])
def test_guard_is_taken_off_once_and_only_where_it_was_put(text: str) -> None:
    table = Table("表", [Column("title", "題")], [{"title": text}])

    (written,) = to_csv(table, bom=False).splitlines()[1:]

    assert without_guard(written) == text
    assert written == (f"'{text}" if text.lstrip("'")[:1] in FORMULA_SIGNS else text)
