"""Pages of the candidates (対象候補の画面)."""

from flask import Blueprint

blueprint = Blueprint("candidates", __name__)
