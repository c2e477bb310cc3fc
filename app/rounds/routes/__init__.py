"""Pages of the rounds (募集回の画面)."""

from app.rounds.routes import form_fields, rounds, setup
from app.rounds.routes.blueprint import blueprint

__all__ = ["blueprint", "form_fields", "rounds", "setup"]
