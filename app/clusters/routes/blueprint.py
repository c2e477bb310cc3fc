"""Blueprint of the clusters (機能のまとまり)."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.clusters import models  # the tables are known wherever the pages are

__all__ = ["Answer", "blueprint", "models"]

blueprint = Blueprint("clusters", __name__)

Answer = str | Response | tuple[str, int]
