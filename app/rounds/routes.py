"""Pages of the rounds (募集回の画面)."""

from flask import Blueprint

blueprint = Blueprint("rounds", __name__)
