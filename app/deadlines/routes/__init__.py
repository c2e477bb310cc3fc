"""Pages of the deadlines (期限の画面)."""

from app.deadlines.routes import calendar, extensions, terms
from app.deadlines.routes.blueprint import blueprint

__all__ = ["blueprint", "calendar", "extensions", "terms"]
