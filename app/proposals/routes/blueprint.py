"""Blueprint of the proposals (提案)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("proposals", __name__)

Answer = str | Response | tuple[str, int]
