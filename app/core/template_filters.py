"""Filters of the templates (表示の書式)."""

from flask import Flask

from app.core import eras
from app.core.difference import difference


def format_count(number: int) -> str:
    """Number with thousands separators (1,234)."""
    return f"{number:,}"


def init_filters(app: Flask) -> None:
    """Give the templates the filters for dates, numbers and differences."""
    app.jinja_env.filters.update(
        ja_date=eras.format_date,
        ja_year=eras.format_year,
        ja_month_day=eras.format_month_day,
        ja_date_short=eras.format_date_short,
        ja_datetime=eras.format_datetime,
        ja_datetime_short=eras.format_datetime_short,
        count=format_count,
        difference=difference,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
