"""Blueprint of replies, releases and views (回答・公開・見解), and what other pages may ask."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from app.answers.earlier import kind_words
from app.answers.told import promise_words, released_lines

blueprint = Blueprint("answers", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.app_context_processor
def page_words() -> dict[str, Any]:
    """Let the templates of other layers ask for the released replies of a case, in lines."""
    return {
        "promise_words": promise_words,
        "released_answers": released_lines,
        "reply_kind_words": kind_words,
    }
