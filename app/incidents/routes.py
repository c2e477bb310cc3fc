"""Pages (漏えい等の報告)."""

from flask import Blueprint

blueprint = Blueprint("incidents", __name__)
