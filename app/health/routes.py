"""Liveness and readiness (稼働確認)."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)
