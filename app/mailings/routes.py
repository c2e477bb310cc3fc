"""Pages of the letters to many (一斉連絡の画面)."""

from flask import Blueprint

blueprint = Blueprint("mailings", __name__)
