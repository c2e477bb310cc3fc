"""Blueprint of the similar cases (類似の提案), and what other pages may ask about them."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from app.similar.desk_panel import desk_panel
from app.similar.earlier import own_earlier
from app.similar.presentation import note_lines

blueprint = Blueprint("similar", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.app_context_processor
def page_words() -> dict[str, Any]:
    """Let the templates of other layers ask for notes and similar cases, one line each."""
    return {
        "difference_notes": note_lines,
        "similar_panel": desk_panel,
        "own_earlier_cases": own_earlier,
    }
