"""Pages of the meeting paper (会議資料の画面)."""

from flask import Blueprint

blueprint = Blueprint("papers", __name__)
