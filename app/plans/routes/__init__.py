"""Pages of the plans (共通化推進方針の画面): a module for reading, writing, review."""

from app.plans.routes import comments, files, reading, review, writing
from app.plans.routes.blueprint import blueprint

__all__ = ["blueprint", "comments", "files", "reading", "review", "writing"]
