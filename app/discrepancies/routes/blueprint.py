"""The blueprint of the discrepancies (食い違い・案件の点検の画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("discrepancies", __name__)

Answer = str | Response | tuple[str, int]
