"""Filters of the templates (表示の書式)."""

from collections.abc import Iterable

from flask import Flask
from markupsafe import Markup, escape

from app.core import eras
from app.core.difference import difference

# No text has it (see `refuse_null_characters`).
_BETWEEN = "\0"


def format_count(number: int) -> str:
    """Number with thousands separators (1,234)."""
    return f"{number:,}"


def option_lines(options: Iterable[tuple[object, object]], chosen: object = "") -> Markup:
    """The lines of a list to choose from (選択肢), value and label, the chosen one marked.

    Escaped in one go: a round has up to two thousand bodies.
    """
    found = [(str(value), str(label)) for value, label in options]
    plain = [word.replace(_BETWEEN, "") for pair in found for word in pair]
    words = str(escape(_BETWEEN.join(plain))).split(_BETWEEN)
    marked = str(chosen)
    lines = [
        f'<option value="{value}"{" selected" if pair[0] == marked else ""}>{label}</option>\n'
        for pair, value, label in zip(found, words[::2], words[1::2], strict=False)
    ]
    return Markup("".join(lines))  # noqa: S704 - every word is escaped above


def init_filters(app: Flask) -> None:
    """Give the templates the filters for dates, numbers and differences."""
    app.jinja_env.filters.update(
        ja_date=eras.format_date,
        ja_year=eras.format_year,
        ja_month=eras.format_month,
        ja_month_day=eras.format_month_day,
        ja_date_short=eras.format_date_short,
        ja_datetime=eras.format_datetime,
        ja_datetime_short=eras.format_datetime_short,
        count=format_count,
        difference=difference,
        option_lines=option_lines,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
