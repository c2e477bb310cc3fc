"""The blueprint of the deadlines (期限の画面)."""

from flask import Blueprint

blueprint = Blueprint("deadlines", __name__)
