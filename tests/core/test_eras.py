"""Dates as they are written in Japan (和暦)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock, eras
from app.core.eras import DateFormatError

DAYS = st.dates(min_value=date(1868, 1, 25), max_value=date(2100, 12, 31))
LONG_AGO = date(1868, 1, 24)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2024, 8, 27), "令和6年8月27日（火）"),
        (date(2019, 5, 1), "令和元年5月1日（水）"),
        (date(2019, 4, 30), "平成31年4月30日（火）"),
        (date(1989, 1, 8), "平成元年1月8日（日）"),
        (date(1989, 1, 7), "昭和64年1月7日（土）"),
        (date(1926, 12, 25), "昭和元年12月25日（土）"),
        (date(1926, 12, 24), "大正15年12月24日（金）"),
        (date(1912, 7, 30), "大正元年7月30日（火）"),
        (date(1912, 7, 29), "明治45年7月29日（月）"),
    ],
)
def test_format_date_writes_era_and_weekday(day: date, written: str) -> None:
    assert eras.format_date(day) == written


def test_format_date_refuses_a_day_before_meiji() -> None:
    with pytest.raises(DateFormatError) as raised:
        eras.format_date(LONG_AGO)

    assert raised.value.message == (
        "1868年1月24日は明治より前の日で、扱えません。年を確かめてください。"
    )


def test_format_date_refuses_an_instant_whose_date_depends_on_the_zone() -> None:
    with pytest.raises(TypeError, match="to_jst"):
        eras.format_date(datetime(2024, 8, 27, 23, tzinfo=UTC))


def test_format_month_day_leaves_the_year_out() -> None:
    assert eras.format_month_day(date(2024, 8, 27)) == "8月27日（火）"


@pytest.mark.parametrize(
    ("now", "written"),
    [
        (clock.jst(2024, 1, 1), "8月27日（火）"),
        (clock.jst(2024, 12, 31, 23, 59, 59), "8月27日（火）"),
        (clock.jst(2025, 1, 1), "令和6年8月27日（火）"),
        (clock.jst(2023, 12, 31), "令和6年8月27日（火）"),
    ],
)
def test_format_date_short_leaves_out_only_this_year(now: datetime, written: str) -> None:
    with clock.at(now):
        assert eras.format_date_short(date(2024, 8, 27)) == written


def test_format_datetime_shows_the_clock_of_japan() -> None:
    written = eras.format_datetime(datetime(2024, 8, 27, 14, 59, tzinfo=UTC))

    assert written == "令和6年8月27日（火）23時59分"


def test_format_datetime_writes_minutes_with_two_digits() -> None:
    written = eras.format_datetime(datetime(2024, 8, 27, 0, 5, tzinfo=UTC))

    assert written == "令和6年8月27日（火）9時05分"


def test_format_datetime_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        eras.format_datetime(datetime(2024, 8, 27))  # noqa: DTZ001 -- naive on purpose


def test_format_datetime_short_leaves_the_year_out() -> None:
    with clock.at(clock.jst(2024, 9, 1)):
        written = eras.format_datetime_short(datetime(2024, 8, 27, 14, 59, tzinfo=UTC))

    assert written == "8月27日（火）23時59分"


@pytest.mark.parametrize(
    ("year", "written"),
    [
        (date(2024, 8, 27), "令和6年"),
        (date(2019, 4, 30), "平成31年"),
        (date(2019, 5, 1), "令和元年"),
        (2019, "令和元年"),
        (2018, "平成30年"),
        (1989, "平成元年"),
    ],
)
def test_format_year_calls_a_year_by_its_era(year: date | int, written: str) -> None:
    assert eras.format_year(year) == written


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 3, 31), 2024), (date(2025, 4, 1), 2025), (date(2024, 12, 31), 2024)],
)
def test_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert eras.fiscal_year(day) == year


@pytest.mark.parametrize(
    "text",
    [
        "令和6年8月27日",
        "令和６年８月２７日",
        "令和 6 年 8 月 27 日",
        "　令和6年8月27日（火）　",
        "令和6年8月27日(火曜日)",
        "令6.8.27",
        "R6.8.27",
        "r6.8.27",
        "Ｒ６．８．２７",
        "R06/08/27",
        "R6-8-27",
        "㋿6年8月27日",
        "2024-08-27",
        "2024/8/27",
        "２０２４／８／２７",
        "2024－08－27",
        "2024‐08‐27",
        "2024−08−27",
        "R6ー8ー27",
        "2024年8月27日",
        "2024.8.27 (火)",
    ],
)
def test_parse_date_reads_every_usual_shape(text: str) -> None:
    assert eras.parse_date(text) == date(2024, 8, 27)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("㍻元年1月8日", date(1989, 1, 8)),
        ("R6.2.29", date(2024, 2, 29)),
        ("M45.7.29", date(1912, 7, 29)),
    ],
)
def test_parse_date_knows_the_edges_of_the_eras(text: str, day: date) -> None:
    assert eras.parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("平成31年5月1日", "令和元年5月1日（水）"),
        ("令和元年4月30日", "平成31年4月30日（火）"),
        ("平成元年1月7日", "昭和64年1月7日（土）"),
        ("令和0年6月1日", "平成30年6月1日（金）"),
    ],
)
def test_parse_date_suggests_the_right_era(text: str, suggestion: str) -> None:
    with pytest.raises(DateFormatError) as raised:
        eras.parse_date(text)

    assert raised.value.message == (
        f"「{text}」は{text[:2]}の期間にありません。"
        f"{suggestion}のことなら、そのように書いてください。"
    )


@pytest.mark.parametrize("text", ["令和6年2月30日", "2023-02-29", "R6.13.1", "0000-01-01"])
def test_parse_date_refuses_a_day_that_does_not_exist(text: str) -> None:
    with pytest.raises(DateFormatError) as raised:
        eras.parse_date(text)

    assert raised.value.message == (
        f"「{text}」という日はありません。年・月・日を確かめてください。"
    )


def test_parse_date_refuses_another_weekday() -> None:
    with pytest.raises(DateFormatError) as raised:
        eras.parse_date("令和6年8月27日（水）")

    assert raised.value.message == (
        "「令和6年8月27日（水）」は日付と曜日が合いません。令和6年8月27日（火）です。"
        "どちらが正しいか確かめてください。"
    )


@pytest.mark.parametrize(
    "text",
    ["", "あした", "24/8/27", "8月27日", "20240827", "2024-8/27", "2024-08-27T00:00", "同上"],
)
def test_parse_date_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(DateFormatError) as raised:
        eras.parse_date(text)

    assert raised.value.message == (
        f"「{text}」は日付として読めません。"
        "「令和6年8月27日」「R6.8.27」「2024-08-27」のように書いてください。"
    )


def test_parse_date_quotes_the_beginning_of_a_long_text() -> None:
    with pytest.raises(DateFormatError) as raised:
        eras.parse_date("あ" * 100_000)

    assert raised.value.message.startswith(f"「{'あ' * 40}…」は日付として読めません。")


@given(DAYS)
def test_parse_date_reads_what_format_date_writes(day: date) -> None:
    assert eras.parse_date(eras.format_date(day)) == day


@given(DAYS)
def test_parse_date_reads_iso_dates(day: date) -> None:
    assert eras.parse_date(day.isoformat()) == day


@given(st.text(alphabet="令和平成昭元年月日RHS0123456789-/.（火）　", max_size=20) | st.text())
def test_parse_date_answers_with_a_day_or_with_its_own_error(text: str) -> None:
    try:
        day = eras.parse_date(text)
    except DateFormatError:
        return

    assert eras.parse_date(eras.format_date(day)) == day
