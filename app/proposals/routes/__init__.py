"""Pages of the proposals (提案の画面)."""

from app.proposals.routes import (
    access_codes,
    amendments,
    approval,
    attachments,
    autosave,
    form_fields,
    joining,
    late,
    partners,
    receipt,
    submitting,
    writing,
)
from app.proposals.routes.blueprint import blueprint

__all__ = [
    "access_codes",
    "amendments",
    "approval",
    "attachments",
    "autosave",
    "blueprint",
    "form_fields",
    "joining",
    "late",
    "partners",
    "receipt",
    "submitting",
    "writing",
]
