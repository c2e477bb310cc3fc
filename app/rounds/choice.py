"""Which round one looks at (募集回の切替え). For routes only: it reads the running request."""

from flask import g

from app.extensions import db
from app.rounds.models import Round
from app.rounds.queries import current_round


def chosen_round() -> Round | None:
    """Round the user looks at: the one chosen in this session, or the current one (募集回)."""
    chosen = g.get("session_round_id")
    found = db.session.get(Round, chosen) if chosen is not None else None
    return found or current_round()
