"""Pages of the batches (まとめて送付の画面)."""

from flask import Blueprint

blueprint = Blueprint("batches", __name__)
