"""Blueprint of the registers, and what its pages share (台帳の画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.registers.models import Register

blueprint = Blueprint("registers", __name__)

Answer = str | Response | tuple[str, int]
NOT_FOUND = "この台帳は見つかりません。台帳の一覧から選んでください。"


def chosen_register(name: str) -> Register:
    """The register of an address (台帳). Raises NotFound."""
    if name not in list(Register):
        raise NotFound(NOT_FOUND)
    return Register(name)
