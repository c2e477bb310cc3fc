"""What went up to the leads, on their home (総括に上がった期限超過)."""

from dataclasses import dataclass

from flask import url_for

from app.accounts.models import Role, User
from app.dashboard.case_line import CaseLine
from app.proposals.presentation import due_of, state_badge
from app.reminders.queries import standing_escalations, standing_handoff_escalations

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class EscalatedCases:
    """Cases overdue by 3 office days or more, the longest first, and how many there are."""

    lines: list[CaseLine]
    total: int


def escalated_cases(actor: User) -> EscalatedCases | None:
    """What went up and is still overdue (総括に上がった期限超過); None for who is no lead."""
    if not actor.has_role(Role.LEAD):
        return None
    rows = [(row.due_on, row.proposal) for row in standing_escalations(actor)]
    rows += [(row.due.due_on, row.handoff.proposal) for row in standing_handoff_escalations(actor)]
    cases = list(dict.fromkeys(case for _day, case in sorted(rows, key=lambda pair: pair[0])))
    lines = [
        CaseLine(
            proposal=case,
            badge=state_badge(case, actor),
            due=due_of(case, actor),
            url=url_for("casework.show", receipt_number=case.receipt_number),
        )
        for case in cases[:SHOWN]
    ]
    return EscalatedCases(lines=lines, total=len(cases))
