"""Pages of the discrepancies of a round, and of the check of its cases (食い違い・案件の点検)."""

from app.discrepancies.routes import of_cases, of_round
from app.discrepancies.routes.blueprint import blueprint

__all__ = ["blueprint", "of_cases", "of_round"]
