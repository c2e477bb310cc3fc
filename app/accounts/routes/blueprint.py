"""Blueprint of the accounts (アカウントの画面)."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
