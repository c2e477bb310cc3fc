"""Home of each role (ホーム)."""

from flask import Blueprint

blueprint = Blueprint("dashboard", __name__)
