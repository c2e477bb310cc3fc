"""Blueprint of the hand-offs (送付・回答)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("handoffs", __name__)

Answer = str | Response | tuple[str, int]
