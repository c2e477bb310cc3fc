"""Pages of the trail (監査証跡の画面)."""

from flask import Blueprint

blueprint = Blueprint("audit", __name__)
