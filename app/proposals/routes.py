"""Writing and submitting (提案の入力・提出)."""

from flask import Blueprint

blueprint = Blueprint("proposals", __name__)
