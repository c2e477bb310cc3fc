"""What of a page remains in a viewing (代理閲覧の範囲): the rows both persons may see.

The page is built for the person looked at, whose rights every query asks already. To each of them
the rights of the one who looks are added here, in one place for all pages, by the session.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event, false, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from app.accounts.models import User
from app.comments.models import Comment
from app.consultations.models import Consultation
from app.consultations.queries import visible_to as threads_visible_to
from app.handoffs.models import Handoff, Reply
from app.notifications.models import OutboxMessage
from app.proposals.models import ApprovalRequest, CoProposer, DraftVersion, Proposal
from app.proposals.queries import visible_to
from app.saved_lists.models import SavedList
from app.workflow.handoffs import ReplyStatus

# What a person or a body keeps to itself, and comments, of which those of a reviewer may be hidden
# from another one: in no viewing at all.
KEPT_TO_THEMSELVES: tuple[Any, ...] = (
    ApprovalRequest,
    Comment,
    DraftVersion,
    OutboxMessage,
    SavedList,
)

Listener = Callable[[ORMExecuteState], None]


def rows_known_to(real: User) -> list[ORMOption]:
    """Conditions for what the person who looks may know of (代理閲覧の範囲), of each table."""
    # Narrowed itself by the first of the conditions; its own FROM, whatever it stands in.
    cases = select(Proposal.id).correlate(None)
    replies = (Reply.status == ReplyStatus.SENT) & Reply.handoff_id.in_(
        select(Handoff.id).correlate(None)
    )
    return [
        with_loader_criteria(Proposal, visible_to(real)),
        with_loader_criteria(Handoff, Handoff.proposal_id.in_(cases)),
        with_loader_criteria(CoProposer, CoProposer.proposal_id.in_(cases)),
        with_loader_criteria(Reply, replies),
        with_loader_criteria(Consultation, threads_visible_to(real)),
        *(with_loader_criteria(kept, false()) for kept in KEPT_TO_THEMSELVES),
    ]


def narrow(session: Session, real: User) -> Listener:
    """Have a session find nothing that this person may not know of; the answer undoes it."""
    conditions = rows_known_to(real)

    def add_conditions(state: ORMExecuteState) -> None:
        if state.is_select and not state.is_column_load:
            state.statement = state.statement.options(*conditions)

    event.listen(session, "do_orm_execute", add_conditions)
    return add_conditions


def widen(session: Session, listener: Listener) -> None:
    """Undo what `narrow` did."""
    event.remove(session, "do_orm_execute", listener)
