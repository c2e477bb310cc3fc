"""What a ministry has before it (届いた送付): every page of its desk starts here."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts.models import Organization, Role, User
from app.accounts.queries import destinations_of, users_with_role
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.extensions import db
from app.files.models import StoredFile
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import (
    MINISTRY_ROLES,
    NOT_FOUND,
    handed_to,
    handoffs_of,
    refusals_before,
    replies_of,
    unrouted,
)
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.triage.queries import conflicts_with
from app.workflow.handoffs import (
    TOLD_HANDOFF_STATES,
    HandoffPart,
    HandoffState,
    ReplyStatus,
)
from app.workflow.states import State

FILE_NOT_FOUND = "このファイルは見つかりません。案件の画面から開いてください。"


def received(
    actor: User, chosen: Round | None, *, states: Sequence[HandoffState] = TOLD_HANDOFF_STATES
) -> list[Handoff]:
    """Hand-offs of the actor's ministry in some states (届いた送付), the next due first.

    Of the practice round that one looks at alone, else of all real rounds (A14).
    """
    rows = db.session.scalars(
        _received(actor, chosen)
        .options(contains_eager(Handoff.proposal), joinedload(Handoff.assignee))
        .where(Handoff.state.in_(states))
    )
    return sorted(rows, key=lambda row: (row.due_on is None, row.due_on, row.id))


class ReceivedHandoff(NamedTuple):
    """What is known of a hand-off before it is shown (届いた送付).

    `reply_status` is how far the reply of its running round is, None where none is begun.
    """

    id: int
    state: HandoffState
    part: HandoffPart
    due_on: date | None
    destination_id: int
    assignee_id: int | None
    round_number: int
    reply_status: ReplyStatus | None


def received_before_shown(
    actor: User, chosen: Round | None, *, states: Sequence[HandoffState]
) -> list[ReceivedHandoff]:
    """The same hand-offs in the same order, read light: many are found, few are shown."""
    columns = (
        Handoff.id,
        Handoff.state,
        Handoff.part,
        Handoff.due_on,
        Handoff.destination_id,
        Handoff.assignee_id,
        Handoff.round_number,
        Reply.status,
    )
    is_running = and_(Reply.handoff_id == Handoff.id, Reply.round_number == Handoff.round_number)
    statement = _received(actor, chosen).outerjoin(Reply, is_running)
    found = db.session.execute(
        statement.where(Handoff.state.in_(states)).with_only_columns(*columns)
    )
    rows = [ReceivedHandoff._make(row) for row in found]
    return sorted(rows, key=lambda row: (row.due_on is None, row.due_on, row.id))


def handoffs_by_id(ids: Sequence[int]) -> dict[int, Handoff]:
    """Hand-offs with what a list shows of them, by id (届いた送付)."""
    rows = db.session.scalars(
        select(Handoff)
        .where(Handoff.id.in_(ids))
        .options(joinedload(Handoff.proposal), joinedload(Handoff.assignee))
    )
    return {row.id: row for row in rows}


def unit_names(ids: Collection[int]) -> list[tuple[int, str]]:
    """Names of organizations by id, in the order of the ids (府省庁・部署)."""
    rows = db.session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.id.in_(ids))
        .order_by(Organization.id)
    )
    return [(row[0], row[1]) for row in rows]


def count_received(actor: User, chosen: Round | None) -> dict[HandoffState, int]:
    """How many of them are in each state (届いた送付の件数), in one question."""
    counted = _received(actor, chosen).with_only_columns(Handoff.state, func.count())
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Handoff.state))}


def _received(actor: User, chosen: Round | None) -> Select[Handoff]:
    is_practice = chosen is not None and chosen.is_practice
    scope = Proposal.round_id == chosen.id if chosen and is_practice else ~Round.is_practice
    return (
        select(Handoff).join(Handoff.proposal).join(Proposal.round).where(handed_to(actor), scope)
    )


def get_received(actor: User, handoff_id: int) -> Handoff:
    """Return a hand-off of the actor's own ministry (届いた送付). Raises NotFound alike."""
    found = db.session.scalars(
        select(Handoff).where(Handoff.id == handoff_id, handed_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.proposal_id)
    return found


def told_handoffs(proposal: Proposal) -> list[Handoff]:
    """Hand-offs of a case that its destinations know of (送付先の府省庁), the lead first."""
    rows = db.session.scalars(
        select(Handoff)
        .where(Handoff.proposal_id == proposal.id, Handoff.state.in_(TOLD_HANDOFF_STATES))
        .order_by(Handoff.id)
    )
    return sorted(rows, key=lambda row: (row.part is not HandoffPart.LEAD, row.id))


def related_replies(handoff: Handoff) -> list[Reply]:
    """What related ministries have sent (関係府省庁の意見), for the one that leads, else nothing.

    A lead that gave the case back (所管外) reads nothing any more.
    """
    if handoff.part is not HandoffPart.LEAD or handoff.state is HandoffState.REFUSED:
        return []
    return list(
        db.session.scalars(
            select(Reply)
            .join(Reply.handoff)
            .where(
                Handoff.proposal_id == handoff.proposal_id,
                Handoff.part == HandoffPart.RELATED,
                Handoff.state.in_(TOLD_HANDOFF_STATES),
                Reply.status == ReplyStatus.SENT,
            )
            .order_by(Reply.handoff_id, Reply.round_number)
        )
    )


def current_replies(handoffs: Sequence[Handoff]) -> dict[int, Reply]:
    """Replies of the running rounds by the id of their hand-off (今回の回答), in one question."""
    rows = db.session.scalars(
        select(Reply)
        .join(Reply.handoff)
        .where(
            Handoff.id.in_([row.id for row in handoffs]), Reply.round_number == Handoff.round_number
        )
    )
    return {row.handoff_id: row for row in rows}


def get_file(handoff: Handoff, public_id: str) -> StoredFile:
    """Return a file the ministry reads with this hand-off (資料). Raises NotFound.

    Sent along by the secretariat, its own replies', and for the lead those the related ones sent.
    """
    files = files_sent_along(handoff)
    for reply in [*replies_of(handoff), *related_replies(handoff)]:
        files += [row.stored_file for row in reply.files]
    return _file_among(files, public_id)


def get_sent_file(handoff: Handoff, public_id: str) -> StoredFile:
    """Return a file that goes with a hand-off, for the secretariat (資料). Raises NotFound."""
    return _file_among(files_sent_along(handoff), public_id)


def _file_among(files: Sequence[StoredFile], public_id: str) -> StoredFile:
    found = next((row for row in files if row.public_id == public_id), None)
    if found is None:
        raise NotFound(FILE_NOT_FOUND)
    return found


def files_sent_along(handoff: Handoff) -> list[StoredFile]:
    """Files the secretariat sent with a hand-off (送付する資料), in their order."""
    rows = (row.attachment.file if row.attachment else row.stored_file for row in handoff.files)
    return [row for row in rows if row is not None]


def people_for(actor: User, handoff: Handoff) -> list[User]:
    """People a coordinator can give a hand-off to (担当の候補): of its destination and below it.

    And those above it that belong to the coordinator's own tree: they read it anyway. None with a
    conflict of interest (利益相反), who would not find it.
    """
    inside = _tree_of(handoff.destination_id)
    above = _ids_above(handoff.destination)
    own = set(db.session.scalars(destinations_of(actor)))
    allowed = set(db.session.scalars(inside)) | (above & own)
    conflicted = conflicts_with(handoff.proposal)
    people = users_with_role(*MINISTRY_ROLES).where(User.organization_id.in_(allowed))
    return [user for user in db.session.scalars(people) if user.id not in conflicted]


def refused_twice(actor: User) -> list[Handoff]:
    """Hand-offs refused by a second ministry and sent on to nobody yet (二度目の所管外).

    For the leads, oldest first; none of a practice round (A14).
    """
    if not actor.has_role(Role.LEAD):
        return []
    rows = db.session.scalars(
        select(Handoff)
        .join(Handoff.proposal)
        .join(Proposal.round)
        .where(
            Handoff.state == HandoffState.REFUSED,
            Handoff.rerouted_from_id.is_not(None),
            Proposal.state == State.CLASSIFIED,
            visible_to(actor),
            ~Round.is_practice,
        )
        .order_by(Handoff.ended_at, Handoff.id)
    )
    return [row for row in rows if is_refused_twice(row) and row in _waiting_beside(row)]


def is_refused_twice(handoff: Handoff) -> bool:
    """Whether this and a destination before it both gave the case back (二度目の所管外)."""
    return handoff.state is HandoffState.REFUSED and len(refusals_before(handoff)) > 1


def _waiting_beside(handoff: Handoff) -> list[Handoff]:
    return unrouted(handoffs_of(handoff.proposal))


def _tree_of(organization_id: int) -> Select[int]:
    found = select(Organization.id).where(Organization.id == organization_id).cte(recursive=True)
    unit = aliased(Organization)
    below = select(unit.id).where(unit.parent_id == found.c.id)
    return select(found.union(below).c.id)


def _ids_above(organization: Organization) -> set[int]:
    found: set[int] = set()
    above = organization.parent
    while above is not None and above.id not in found:
        found.add(above.id)
        above = above.parent
    return found
