"""Pages of releases and views (公開・見解の画面)."""

from flask import Blueprint

blueprint = Blueprint("answers", __name__)
