"""Which round one looks at (募集回の切替え). For routes only: it reads the running request."""

from flask import g

from app.rounds.models import Round
from app.rounds.queries import current_round, find_chosen_round


def chosen_round() -> Round | None:
    """Round the user looks at: the one chosen in this session, or the current one (募集回).

    Read once a request: the page and the frame around it ask for the same.
    """
    chosen: int | None = g.get("session_round_id")
    if g.get("chosen_round_by", _NOT_READ) != (chosen,):
        found = find_chosen_round(chosen) if chosen is not None else None
        g.chosen_round = found or current_round()
        g.chosen_round_by = (chosen,)
    round_: Round | None = g.chosen_round
    return round_


_NOT_READ: tuple[int | None, ...] = ()
