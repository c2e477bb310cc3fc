"""Pages (横断検索)."""

from flask import Blueprint

blueprint = Blueprint("search", __name__)
