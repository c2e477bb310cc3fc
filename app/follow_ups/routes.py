"""Pages of the follow-up by class (後続対応の画面)."""

from flask import Blueprint

blueprint = Blueprint("follow_ups", __name__)
