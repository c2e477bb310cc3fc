"""Pages of the registers (台帳の画面)."""

from app.registers.routes import editing, importing, pages
from app.registers.routes.blueprint import blueprint

__all__ = ["blueprint", "editing", "importing", "pages"]
