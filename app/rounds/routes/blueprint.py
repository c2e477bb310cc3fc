"""Blueprint of the rounds (募集回)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("rounds", __name__)

Answer = str | Response | tuple[str, int]
