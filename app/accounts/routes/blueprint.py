"""Blueprint of the accounts (アカウントの画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("accounts", __name__)

Answer = str | Response | tuple[str, int]
