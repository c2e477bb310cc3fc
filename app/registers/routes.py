"""Pages of the registers (台帳の画面)."""

from flask import Blueprint, render_template

from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import NotFound
from app.extensions import db
from app.registers.models import REGISTER_LABELS, Register
from app.registers.queries import count_by_register, entries_of

blueprint = Blueprint("registers", __name__)

NOT_FOUND = "この台帳は見つかりません。台帳の一覧から選んでください。"
READERS = (Role.OFFICER, Role.LEAD, Role.AUDITOR)


@blueprint.get("/registers")
@roles(*READERS)
def index() -> str:
    """List of the registers with the number of their rows (台帳の一覧)."""
    return render_template(
        "registers/index.html", labels=REGISTER_LABELS, counts=count_by_register()
    )


@blueprint.get("/registers/<register>")
@roles(*READERS)
def show(register: str) -> str:
    """Rows of one register (台帳)."""
    if register not in list(Register):
        raise NotFound(NOT_FOUND)
    chosen = Register(register)
    return render_template(
        "registers/show.html",
        label=REGISTER_LABELS[chosen],
        entries=list(db.session.scalars(entries_of(chosen))),
    )
