"""Pages of the similar cases (類似の提案の画面)."""

from app.similar.routes import comparing, finding, noting
from app.similar.routes.blueprint import blueprint

__all__ = ["blueprint", "comparing", "finding", "noting"]
