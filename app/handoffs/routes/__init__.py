"""Pages of the hand-offs (送付・回答の画面)."""

from flask import Blueprint

from app.handoffs.lifecycle import move_handoff  # noqa: F401 - registers its listeners

blueprint = Blueprint("handoffs", __name__)
