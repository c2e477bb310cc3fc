"""Pages of the proposals (提案の画面)."""

from app.proposals.routes import late, submitting, writing
from app.proposals.routes.blueprint import blueprint

__all__ = ["blueprint", "late", "submitting", "writing"]
