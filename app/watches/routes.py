"""Pages of the watches (見直しの条件の画面)."""

from flask import Blueprint

blueprint = Blueprint("watches", __name__)
