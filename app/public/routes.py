"""Public pages and the acts that lead to them (公表の画面)."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
