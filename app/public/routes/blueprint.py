"""The blueprint of the public part (公表の画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("public", __name__)

Answer = str | Response | tuple[str, int]
