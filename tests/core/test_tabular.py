"""Tables as files and on a terminal (表の出力)."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from xml.etree.ElementTree import XML

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from app.core import clock
from app.core.tabular import Column, Table, to_csv, to_json, to_text, to_xlsx

COLUMNS = (
    Column("code", "分類", "text", 10),
    Column("count", "件数", "integer", 8),
    Column("share", "割合", "percent", 9),
    Column("received_on", "受付日", "date", 14),
)
ROWS: tuple[Mapping[str, object], ...] = (
    {"code": "A", "count": 1200, "share": 0.25, "received_on": date(2024, 8, 27)},
    {"code": "F-1 共通", "count": -3, "share": 0.5, "received_on": None},
)
TABLE = Table("分類別件数", COLUMNS, ROWS, {"code": "計", "count": 1197}, ("保留を除く。",))
EMPTY = Table("分類別件数", COLUMNS, ())

FORMULAS = (
    *("=1+1", "+81-3", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"),
    *("＝1+1", "＋1", "－1", "＠A1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.jp")'),
)
HARMLESS = ("012345", "'quoted'", "a=b", "1-2-3", "「引用」", "http://example.jp/", "", "#N/A", "#")

PRODUCED_AT = clock.jst(2024, 8, 27, 17, 5)


def text_table(*texts: str) -> Table:
    return Table("一覧", (Column("text", "本文"),), [{"text": text} for text in texts])


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def make_xlsx(table: Table) -> bytes:
    return to_xlsx(table, produced_at=PRODUCED_AT, produced_by="事務局")


def open_xlsx(table: Table) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(make_xlsx(table)))


def part(table: Table, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(make_xlsx(table))) as archive:
        return archive.read(name).decode()


# --- terminal -----------------------------------------------------------------------------------


def test_to_text_aligns_wide_letters() -> None:
    shown = to_text(TABLE)

    assert shown == (
        "分類別件数\n"
        "\n"
        "分類       件数   割合  受付日\n"
        "--------  -----  -----  --------------------\n"
        "A         1,200  25.0%  令和6年8月27日（火）\n"
        "F-1 共通     -3  50.0%\n"
        "--------  -----  -----  --------------------\n"
        "計        1,197\n"
        "\n"
        "保留を除く。\n"
    )


def test_to_text_without_rows_shows_the_header() -> None:
    shown = to_text(EMPTY)

    assert shown == "分類別件数\n\n分類  件数  割合  受付日\n----  ----  ----  ------\n"


def test_to_text_shows_a_total_of_zero_without_a_label() -> None:
    table = Table("一覧", COLUMNS[:2], (), {"count": 0})

    last = to_text(table).splitlines()[-1]

    assert last == "         0"


def test_to_text_wraps_nothing() -> None:
    shown = to_text(text_table("長" * 500))

    assert shown.splitlines()[-1] == "長" * 500


def test_to_text_keeps_one_row_on_one_line_and_the_terminal_unsteered() -> None:
    shown = to_text(text_table("一行目\n二行目\u2028\x1b[31m赤"))

    assert shown.splitlines()[-1] == "一行目 二行目  [31m赤"


def test_to_text_gives_marks_no_cell_of_their_own() -> None:
    table = Table(
        "一覧",
        (Column("name", "名"), Column("count", "数", "integer")),
        [{"name": "葛\U000e0100城", "count": 1}, {"name": "葛城市", "count": 2}],
    )

    rows = to_text(table).splitlines()[-2:]

    assert rows == ["葛\U000e0100城     1", "葛城市   2"]


def test_to_text_shows_instants_on_the_clock_of_japan() -> None:
    table = Table(
        "一覧", (Column("at", "日時", "date"),), [{"at": datetime(2024, 8, 27, tzinfo=UTC)}]
    )

    assert to_text(table).splitlines()[-1] == "令和6年8月27日（火）9時00分"


def test_table_refuses_a_row_without_one_of_its_keys() -> None:
    table = Table("一覧", COLUMNS, [{"code": "A"}])

    with pytest.raises(KeyError, match="count"):
        to_text(table)


# --- CSV ----------------------------------------------------------------------------------------


def test_to_csv_is_header_and_rows_only() -> None:
    text = to_csv(TABLE, bom=False)

    assert text == ("分類,件数,割合,受付日\r\nA,1200,0.25,2024-08-27\r\nF-1 共通,-3,0.5,\r\n")


def test_to_csv_with_bom_is_the_file_for_excel() -> None:
    file = to_csv(TABLE, bom=True)

    assert file == b"\xef\xbb\xbf" + to_csv(TABLE, bom=False).encode()


def test_to_csv_quotes_commas_quotes_and_line_breaks() -> None:
    text = to_csv(text_table('甲,乙"丙\n丁'), bom=False)

    assert text == '本文\r\n"甲,乙""丙\n丁"\r\n'


@pytest.mark.parametrize("payload", FORMULAS)
def test_to_csv_puts_an_apostrophe_before_a_formula(payload: str) -> None:
    text = to_csv(text_table(payload), bom=False)

    assert read_csv(text) == [["本文"], [f"'{payload}"]]


@pytest.mark.parametrize("harmless", HARMLESS)
def test_to_csv_leaves_other_texts_alone(harmless: str) -> None:
    text = to_csv(text_table(harmless), bom=False)

    assert read_csv(text) == [["本文"], [harmless]]


def test_to_csv_guards_a_text_in_any_column_and_in_the_header() -> None:
    columns = (Column("count", "=件数", "integer"), Column("day", "日", "date"))

    text = to_csv(Table("一覧", columns, [{"count": "=1", "day": "@x"}]), bom=False)

    assert text == "'=件数,日\r\n'=1,'@x\r\n"


def test_to_csv_writes_instants_with_their_offset() -> None:
    table = Table(
        "一覧", (Column("at", "日時", "date"),), [{"at": datetime(2024, 8, 27, tzinfo=UTC)}]
    )

    assert to_csv(table, bom=False) == "日時\r\n2024-08-27T09:00:00+09:00\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_to_csv_never_begins_a_cell_like_a_formula(texts: list[str]) -> None:
    rows = read_csv(to_csv(text_table("見出し", *texts), bom=False))[2:]

    # A single empty cell is written "" and read back as such.
    read = [row[0] if row else "" for row in rows]
    assert [cell for cell in read if cell[:1] in set("=+-@\t\r\n\0＝＋－＠")] == []
    assert [cell.removeprefix("'") for cell in read] == [text.removeprefix("'") for text in texts]


# --- JSON ---------------------------------------------------------------------------------------


def test_to_json_is_an_object_with_rows_and_total() -> None:
    data = json.loads(to_json(TABLE))

    assert data == {
        "title": "分類別件数",
        "rows": [
            {"code": "A", "count": 1200, "share": 0.25, "received_on": "2024-08-27"},
            {"code": "F-1 共通", "count": -3, "share": 0.5, "received_on": None},
        ],
        "total": {"code": "計", "count": 1197},
        "notes": ["保留を除く。"],
    }


def test_to_json_without_total_says_null() -> None:
    data = json.loads(to_json(EMPTY))

    assert data == {"title": "分類別件数", "rows": [], "total": None, "notes": []}


def test_to_json_writes_japanese_as_it_is_and_guards_nothing() -> None:
    written = to_json(text_table("=提案"))

    assert '"text": "=提案"' in written.splitlines()[4]


def test_to_json_leaves_out_keys_that_are_no_column() -> None:
    table = Table("一覧", COLUMNS[:1], [{"code": "A", "note": "内部メモ"}])

    assert json.loads(to_json(table))["rows"] == [{"code": "A"}]


# --- xlsx ---------------------------------------------------------------------------------------


def test_to_xlsx_has_two_visible_sheets_and_data_is_first() -> None:
    book = open_xlsx(TABLE)

    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("データ", "visible"),
        ("説明", "visible"),
    ]


def test_to_xlsx_data_sheet_is_header_and_rows_only() -> None:
    sheet = open_xlsx(TABLE)["データ"]

    assert list(sheet.values) == [
        ("分類", "件数", "割合", "受付日"),
        ("A", 1200, 0.25, datetime(2024, 8, 27)),  # noqa: DTZ001 -- a date cell has no zone
        ("F-1 共通", -3, 0.5, None),
    ]


def test_to_xlsx_cells_have_the_format_of_their_column() -> None:
    sheet = open_xlsx(TABLE)["データ"]

    formats = [cell.number_format for cell in sheet[2]]

    assert formats == ["@", "#,##0", "0.0%", "yyyy-mm-dd"]


def test_to_xlsx_column_of_texts_shows_a_date_as_a_date_and_a_number_as_a_number() -> None:
    column = Column("value", "値")
    rows: list[Mapping[str, object]] = [{"value": date(2024, 8, 27)}, {"value": 232}]

    sheet = open_xlsx(Table("一覧", (column,), rows))["データ"]

    assert [(cell.value, cell.number_format) for cell in sheet["A"][1:]] == [
        (datetime(2024, 8, 27), "yyyy-mm-dd"),  # noqa: DTZ001 -- a date cell has no zone
        (232, "General"),
    ]


def test_to_xlsx_can_be_read_and_printed() -> None:
    sheet = open_xlsx(TABLE)["データ"]

    laid_out = (
        sheet.freeze_panes,
        sheet.auto_filter.ref,
        sheet.print_title_rows,
        sheet.page_setup.paperSize,
        sheet.page_setup.orientation,
        sheet.sheet_properties.pageSetUpPr.fitToPage,
        (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight),
        [round(sheet.column_dimensions[letter].width) for letter in "ABCD"],
    )

    assert laid_out == ("A2", "A1:D3", "$1:$1", 9, "landscape", True, (1, 0), [11, 9, 10, 15])


def test_to_xlsx_footer_tells_when_by_whom_and_which_page() -> None:
    footer = open_xlsx(TABLE)["データ"].oddFooter

    assert (footer.left.text, footer.right.text) == (
        "出力日時 令和6年8月27日（火）17時05分　出力者 事務局",
        "&P / &N",
    )


def test_to_xlsx_footer_takes_an_ampersand_for_a_letter() -> None:
    table = Table("A&B", COLUMNS, ())

    written = part(table, "xl/worksheets/sheet1.xml")

    assert XML(written).findtext(".//{*}oddHeader") == "&CA&&B"


def test_to_xlsx_second_sheet_tells_what_the_table_is() -> None:
    sheet = open_xlsx(TABLE)["説明"]

    assert list(sheet.values) == [
        ("表題", "分類別件数"),
        ("出力", "出力日時 令和6年8月27日（火）17時05分"),
        ("出力", "出力者 事務局"),
        ("合計：分類", "計"),
        ("合計：件数", 1197),
        ("注記", "保留を除く。"),
    ]


def test_to_xlsx_properties_name_nobody() -> None:
    properties = open_xlsx(TABLE).properties

    assert (properties.title, properties.creator, properties.lastModifiedBy) == (
        "分類別件数",
        None,
        None,
    )
    assert properties.created == datetime(2024, 8, 27, 8, 5)  # noqa: DTZ001 -- read as UTC


@pytest.mark.parametrize("payload", [*FORMULAS, *HARMLESS])
def test_to_xlsx_keeps_every_text_a_text(payload: str) -> None:
    table = text_table(payload)

    cell = open_xlsx(table)["データ"]["A2"]

    # The file format knows no carriage return and no NUL; openpyxl gives them as they are escaped.
    escaped = payload.replace("\r", "_x000D_").replace("\0", "_x0000_")
    assert (cell.value or "", cell.data_type, cell.number_format) == (escaped, "s", "@")
    assert cell.hyperlink is None
    assert "<f>" not in part(table, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("payload", FORMULAS)
def test_to_xlsx_marks_a_formula_with_the_quote_prefix(payload: str) -> None:
    cell = open_xlsx(text_table(payload))["データ"]["A2"]

    assert cell.quotePrefix is True


@pytest.mark.parametrize("harmless", HARMLESS)
def test_to_xlsx_marks_no_other_text(harmless: str) -> None:
    cell = open_xlsx(text_table(harmless))["データ"]["A2"]

    assert not cell.quotePrefix


def test_to_xlsx_without_rows_has_the_header() -> None:
    sheet = open_xlsx(EMPTY)["データ"]

    assert list(sheet.values) == [("分類", "件数", "割合", "受付日")]


def test_to_xlsx_writes_a_day_before_1900_as_iso_text() -> None:
    table = Table("一覧", (Column("day", "日", "date"),), [{"day": date(1899, 12, 31)}])

    assert open_xlsx(table)["データ"]["A2"].value == "1899-12-31"


def test_to_xlsx_refuses_a_text_longer_than_a_cell() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        make_xlsx(text_table("長" * 32_768))


def test_to_xlsx_gives_the_same_bytes_for_the_same_table() -> None:
    assert make_xlsx(TABLE) == make_xlsx(TABLE)
