"""Pages of the registers (台帳の画面)."""

from flask import Blueprint

blueprint = Blueprint("registers", __name__)
