"""The blueprint of the incidents (事故の報告の画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("incidents", __name__)

Answer = str | Response | tuple[str, int]
