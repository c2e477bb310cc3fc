"""Page of the outbox (送信箱の画面)."""

from flask import Blueprint

blueprint = Blueprint("notifications", __name__)
