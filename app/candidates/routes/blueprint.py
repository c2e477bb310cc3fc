"""The blueprint of the candidates, and what their routes share (対象候補)."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.accounts.models import Role

blueprint = Blueprint("candidates", __name__)

Answer = str | Response | tuple[str, int]
DESK = (Role.OFFICER, Role.LEAD)
