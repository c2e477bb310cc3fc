"""List and case page (提案一覧・個票)."""

from flask import Blueprint

blueprint = Blueprint("casework", __name__)
