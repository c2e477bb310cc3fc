"""Pages of the candidates (対象候補の画面)."""

from app.candidates.routes import course, lists, of_case, rests_on, undo
from app.candidates.routes.blueprint import blueprint

__all__ = ["blueprint", "course", "lists", "of_case", "rests_on", "undo"]
