"""Pages of the secretariat's desk (仕分けの画面): a module a step, each adds its views."""

from app.triage.routes import (
    assess,
    assign,
    confirm,
    form_check,
    pending,
    queue,
    settle,
    withdraw,
)
from app.triage.routes.blueprint import blueprint

__all__ = [
    "assess",
    "assign",
    "blueprint",
    "confirm",
    "form_check",
    "pending",
    "queue",
    "settle",
    "withdraw",
]
