"""Fields that the forms of the candidates share (対象候補の様式の共通部分)."""

from datetime import date

from wtforms import Field
from wtforms.validators import ValidationError

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.text import is_blank

HOW_TO_WRITE = "例：令和6年11月12日、R6.11.12、2024-11-12"


def read_day(field: Field) -> date | None:
    """Read the date of a field, None for an empty one. Raises ValidationError."""
    typed = field.data or ""
    if is_blank(typed):
        return None
    try:
        return parse_date(typed)
    except DomainError as error:
        raise ValidationError(error.message) from error


def required_day(field: Field) -> date:
    """Read the date of a field that has to hold one. Raises ValidationError."""
    day = read_day(field)
    if day is None:
        raise ValidationError(f"{field.label.text}を入力してください")
    return day
