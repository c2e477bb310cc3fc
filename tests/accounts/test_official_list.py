"""Lists of all local governments (全国の団体の一覧): the bundled one, and how a list is read."""

from collections import Counter
from datetime import date

import pytest

from app.accounts.models import OrgType
from app.accounts.official_list import (
    BUNDLED_AS_OF,
    BUNDLED_LIST,
    ReadList,
    read_list,
    type_by_name,
)
from app.core.codes import is_local_government_code
from app.core.errors import InvalidInput
from app.core.tabular.reading import read_table_file

HEADING = (
    "団体コード,都道府県名\n（漢字）,市区町村名\n（漢字）,都道府県名\n（カナ）,市区町村名\n（カナ）"
)


def official(*rows: str) -> ReadList:
    heading = ",".join(f'"{label}"' for label in HEADING.split(","))
    text = "\n".join(["全国の一覧", heading, *rows])
    return read_list(read_table_file("list.csv", text.encode("cp932")))


@pytest.fixture(scope="module")
def bundled() -> ReadList:
    return read_list(read_table_file(BUNDLED_LIST.name, BUNDLED_LIST.read_bytes()))


def test_bundled_list_has_the_counts_of_reiwa_6(bundled: ReadList) -> None:
    on_the_day = Counter(
        period.org_type
        for body in bundled.bodies.values()
        for period in body.periods
        if period.valid_from <= BUNDLED_AS_OF and period.valid_to is None
    )

    assert bundled.errors == []
    assert on_the_day == {
        OrgType.PREFECTURE: 47,
        OrgType.DESIGNATED_CITY: 20,
        OrgType.CORE_CITY: 62,
        OrgType.CITY: 710,
        OrgType.SPECIAL_WARD: 23,
        OrgType.TOWN_VILLAGE: 926,
    }


def test_bundled_codes_have_their_check_digits_and_their_prefectures(bundled: ReadList) -> None:
    prefectures = {
        body.code[:2]: body.name
        for body in bundled.bodies.values()
        if body.code.endswith("0", 2, 3) and body.code[2:5] == "000"
    }

    assert all(is_local_government_code(code) for code in bundled.bodies)
    assert {body.code: body.prefecture for body in bundled.bodies.values()} == {
        code: prefectures[code[:2]] for code in bundled.bodies
    }


def test_type_by_name_agrees_with_the_bundled_list(bundled: ReadList) -> None:
    recorded = {
        body.code: period.org_type
        for body in bundled.bodies.values()
        for period in body.periods
        if period.valid_to is None
    }

    derived = {body.code: type_by_name(body, BUNDLED_AS_OF) for body in bundled.bodies.values()}

    assert derived == recorded


def test_core_city_was_a_city_before_its_designation(bundled: ReadList) -> None:
    mito = bundled.bodies["082015"]

    assert [(row.org_type, row.valid_from, row.valid_to) for row in mito.periods] == [
        (OrgType.CITY, date(2019, 5, 1), date(2020, 3, 31)),
        (OrgType.CORE_CITY, date(2020, 4, 1), None),
    ]


def test_published_shape_is_read_below_title_rows() -> None:
    read = official("011002,北海道,札幌市,ﾎｯｶｲﾄﾞｳ,ｻｯﾎﾟﾛｼ", "130001,東京都,,ﾄｳｷｮｳﾄ,")

    bodies = [(body.code, body.name, body.reading) for body in read.bodies.values()]
    assert bodies == [("011002", "札幌市", "サッポロシ"), ("130001", "東京都", "トウキョウト")]


def test_code_that_lost_its_zero_is_repaired_by_its_check_digit() -> None:
    read = official("11002,北海道,札幌市,,")

    assert list(read.bodies) == ["011002"]


def test_wards_of_designated_cities_are_no_bodies() -> None:
    read = official("011011,北海道,札幌市中央区,,", "131016,東京都,千代田区,,")

    assert (list(read.bodies), read.wards) == (["131016"], 1)


def test_every_fault_is_named_by_its_row() -> None:
    read = official(
        "011003,北海道,札幌市,,",
        ",北海道,函館市,,",
        "011002,,札幌市,,",
        "012025,北海道,函館市,,",
        "012025,北海道,箱館市,,",
    )

    assert read.errors == [
        "3行目：団体コード「011003」は、検査数字を含む6桁になっていません",
        "4行目：団体コード「」は、検査数字を含む6桁になっていません",
        "5行目（011002）：名称または都道府県名が空欄です",
        "7行目：団体コード012025が、6行目では「函館市」です",
    ]


def test_own_shape_with_bad_periods_is_refused_by_row() -> None:
    text = (
        "code,name,reading,prefecture,org_type,valid_from,valid_to\n"
        "011002,札幌市,,北海道,city,2020-04-01,\n"
        "011002,札幌市,,北海道,core_city,2021-04-01,\n"
        "012025,函館市,,北海道,ward,2020-04-01,\n"
        "012033,小樽市,,北海道,city,昨日,\n"
        "012041,旭川市,,北海道,city,2020-04-01,2020-03-31\n"
    )

    read = read_list(read_table_file("list.csv", text.encode()))

    assert read.errors == [
        "3行目（011002）：団体種別の期間が重なっています",
        "4行目（012025）：団体種別「ward」は選べません",
        "5行目（012033）：「昨日」は日付（2024-04-01 の形）ではありません",
        "6行目（012041）：valid_to が valid_from より前です",
    ]


def test_file_without_a_heading_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_list(read_table_file("list.csv", "甲,乙\n1,2\n".encode()))
