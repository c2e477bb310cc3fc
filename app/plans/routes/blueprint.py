"""The blueprint of the plans (共通化推進方針の画面)."""

from flask import Blueprint

blueprint = Blueprint("plans", __name__)
