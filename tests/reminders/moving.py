"""Moving a due date in the tests, as an extension does (期限の延長)."""

from datetime import date

from app.core import clock
from app.deadlines.models import ChangeKind, DeadlineChange
from app.extensions import db
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal
from tests.factories import World


def move_due_date(proposal: Proposal, new_due_on: date, world: World) -> None:
    """Give the running clock of a case another date, and keep the one before."""
    running = running_clock(proposal)
    assert running is not None
    change = DeadlineChange(
        proposal_id=proposal.id,
        clock_id=running.id,
        kind=ChangeKind.EXTENSION,
        old_due_on=running.due_on,
        new_due_on=new_due_on,
        reason="調査のため",
        decided_by_id=world["lead"].id,
        changed_at=clock.now(),
    )
    running.due_on = proposal.due_on = new_due_on
    db.session.add(change)
    db.session.flush()
