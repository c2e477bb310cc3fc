"""Public pages and the acts that lead to them (公表の画面)."""

from app.public.routes import consent, data, desk, pages
from app.public.routes.blueprint import blueprint

__all__ = ["blueprint", "consent", "data", "desk", "pages"]
