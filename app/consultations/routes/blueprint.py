"""Blueprint of the threads (事前相談), and what other pages may ask about them."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from app.accounts.models import Role, User
from app.consultations.models import Consultation
from app.consultations.presentation import ThreadLine, thread_line
from app.consultations.queries import consultation_of, get_visible, left_of_round
from app.core.errors import NotFound
from app.proposals.models import Proposal
from app.rounds.models import Round

blueprint = Blueprint("consultations", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.app_context_processor
def page_words() -> dict[str, Any]:
    """Let the templates of the layers below ask for threads: they cannot import this one."""
    return {"consultation_behind": consultation_behind, "threads_left": threads_left}


def consultation_behind(proposal: Proposal | None, reader: User) -> Consultation | None:
    """Return the thread a proposal came of, for a reader who may see it (元の相談)."""
    return None if proposal is None else consultation_of(proposal, reader)


def threads_left(round_: Round, reader: User) -> list[tuple[ThreadLine, bool]] | None:
    """Threads that led to no draft once a round has closed, each with whether it can be opened.

    None for a round that is not over and for readers who are neither lead nor administrator.
    """
    is_over = round_.has_opened() and not round_.is_open()
    if not is_over or not reader.has_role(Role.LEAD, Role.ADMIN):
        return None
    return [(thread_line(row, reader), _can_open(row, reader)) for row in left_of_round(round_)]


def _can_open(consultation: Consultation, reader: User) -> bool:
    try:
        get_visible(reader, consultation.number)
    except NotFound:
        return False
    return True
