"""Pages of imports, exports and the official form (取込み・出力・様式)."""

from app.exchange.routes import exports, imports
from app.exchange.routes.blueprint import blueprint

__all__ = ["blueprint", "exports", "imports"]
