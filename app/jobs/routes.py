"""Page of the jobs (定期処理の画面)."""

from flask import Blueprint

blueprint = Blueprint("jobs", __name__)
