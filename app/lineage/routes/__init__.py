"""Pages that merge, split and mark cases (系譜の画面)."""

from app.lineage.routes import duplicates, merging, splitting
from app.lineage.routes.blueprint import blueprint

__all__ = ["blueprint", "duplicates", "merging", "splitting"]
