"""Pages of the proposals (提案の画面)."""

from app.proposals.routes import access_codes, late, submitting, writing
from app.proposals.routes.blueprint import blueprint

__all__ = ["access_codes", "blueprint", "late", "submitting", "writing"]
