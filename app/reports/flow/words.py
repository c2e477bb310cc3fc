"""The forecast in words (見込みの文), the same on the page, in files and on the terminal."""

from app.core.eras import format_date
from app.reports.flow.forecast import FEWEST_CLOSURES, TRIALS, Forecast, Outlook


def forecast_words(forecast: Forecast) -> str:
    """Say when the class of every case is fixed, or why that cannot be said (見込みの文)."""
    return _ANSWERS[forecast.outlook](forecast)


def basis_words(forecast: Forecast) -> str:
    """Say what the forecast rests on (見込みの根拠): the days, what was done in them, the seed."""
    pace = forecast.pace
    if not pace.days:
        return "もとにできる開庁日が、まだありません。"
    days = len(pace.days)
    done = (
        f"{format_date(pace.days[0])}から{format_date(pace.days[-1])}までの{days}開庁日に、"
        f"{pace.classified:,}件の分類が確定し、{pace.resumed:,}件が仕分け直しに戻りました。"
    )
    if forecast.outlook not in (Outlook.DATES, Outlook.BEYOND_CALENDAR):
        return done
    return (
        f"{done}この{days}日から1日ずつを無作為に選び、残りがなくなるまで並べる試行を"
        f"{TRIALS:,}回した結果です（乱数の種 {forecast.seed}）。"
        "これから届く提案は見込んでいません。"
    )


def _left(forecast: Forecast) -> str:
    held = f"（うちペンディング{forecast.pending:,}件）" if forecast.pending else ""
    return f"分類が確定していない提案は{forecast.remaining:,}件{held}です。"


def _dates(forecast: Forecast) -> str:
    half = format_date(forecast.half) if forecast.half else ""
    likely = (
        f"85％の見込みで{format_date(forecast.likely)}"
        if forecast.likely
        else f"85％の日は、祝日が決まっている{forecast.last_valid_year}年より後"
    )
    return f"全件の分類確定は、50％の見込みで{half}まで、{likely}までです。{_left(forecast)}"


def _too_little(forecast: Forecast) -> str:
    return (
        f"データが足りないため、見込みを出せません。直近{len(forecast.pace.days)}開庁日に分類が確定した"
        f"提案が{forecast.pace.classified:,}件で、{FEWEST_CLOSURES}件に届きません。{_left(forecast)}"
    )


def _not_shrinking(forecast: Forecast) -> str:
    return (
        f"見込みを出せません。直近{len(forecast.pace.days)}開庁日は、分類が確定した提案より、"
        f"仕分け直しに戻った提案の方が少なくありません。{_left(forecast)}"
    )


def _beyond(forecast: Forecast) -> str:
    return (
        f"今の速さでは、祝日が決まっている{forecast.last_valid_year}年12月31日までに終わりません。"
        f"それより後の開庁日は数えられないため、日付は出しません。{_left(forecast)}"
    )


def _nothing(forecast: Forecast) -> str:
    return "分類が確定していない提案はありません。"


_ANSWERS = {
    Outlook.DATES: _dates,
    Outlook.TOO_LITTLE: _too_little,
    Outlook.NOT_SHRINKING: _not_shrinking,
    Outlook.BEYOND_CALENDAR: _beyond,
    Outlook.NOTHING_LEFT: _nothing,
}
