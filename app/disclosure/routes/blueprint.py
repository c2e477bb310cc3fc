"""The blueprint of the disclosure (情報公開の画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("disclosure", __name__)

Answer = str | Response | tuple[str, int]
