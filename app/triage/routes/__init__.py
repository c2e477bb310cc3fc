"""Pages of the secretariat's desk (仕分けの画面): a module a step, each adds its views."""

from app.triage.routes import (
    assess,
    assign,
    check_settings,
    confirm,
    correction,
    form_check,
    handover,
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
    "check_settings",
    "confirm",
    "correction",
    "form_check",
    "handover",
    "pending",
    "queue",
    "settle",
    "withdraw",
]
