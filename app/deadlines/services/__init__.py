"""Acts on deadlines: calendar, extensions, terms (暦の変更・期限の延長・日数の変更)."""

from app.deadlines.services.returned_clocks import catch_up_with_calendar

__all__ = ["catch_up_with_calendar"]
