"""Blueprint of the exchange (取込み・出力)."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.exchange import models  # the tables are known wherever the pages are

__all__ = ["Answer", "blueprint", "models"]

blueprint = Blueprint("exchange", __name__)

Answer = str | Response | tuple[str, int]
