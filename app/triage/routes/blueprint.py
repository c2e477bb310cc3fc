"""The blueprint of the secretariat's desk (仕分けの画面)."""

from flask import Blueprint

blueprint = Blueprint("triage", __name__)
