"""Pages about who does what, side by side (担当と割当の区分)."""

from typing import Any

from flask import url_for

from app.accounts.models import Role, User

DESK = frozenset({Role.OFFICER, Role.LEAD})
LEAD = frozenset({Role.LEAD})

TABS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("手持ちの件数", "triage.load", DESK),
    ("割当案", "triage.plans", LEAD),
    ("担当者の条件", "triage.reviewers", LEAD),
    ("割当の規則", "triage.rules", LEAD),
    ("不在と代理", "triage.absences", DESK),
    ("利益相反", "triage.conflicts", DESK | {Role.ADMIN}),
)


def assignment_tabs(actor: User, current: str) -> list[dict[str, Any]]:
    """Pages the actor may open, with the one that is open (区分)."""
    return [
        {"label": label, "url": url_for(endpoint), "is_current": endpoint == current}
        for label, endpoint, roles in TABS
        if actor.has_role(*roles)
    ]
