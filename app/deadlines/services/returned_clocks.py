"""A clock that runs again as if it had not stopped takes the calendar of today (操作の取消し)."""

from app.accounts.models import User
from app.core.closing_days import settled_calendar
from app.deadlines.models import ChangeKind
from app.deadlines.moves import move_to_present
from app.deadlines.services.moving import Ground, carry_out
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal
from app.proposals.moves import when_clock_goes_on

CAUGHT_UP = "操作が取り消されるまでの間に閉庁日が変わったため、今の暦で数え直しました"


@when_clock_goes_on
def catch_up_with_calendar(proposal: Proposal, actor: User | None) -> None:
    """Reckon a date anew that the calendar passed by while its clock stood (暦の変更の追いつき).

    A closed day moves the clocks that run. One that an undone act had ended is not among them, and
    runs on with its old date. A clock that begins now has the calendar of today as it is.
    """
    running = running_clock(proposal)
    if actor is None or running is None:
        return
    settled_calendar()
    move = move_to_present(running, proposal)
    if move is not None:
        carry_out([move], Ground(kind=ChangeKind.CALENDAR, reason=CAUGHT_UP, decided_by=actor))
