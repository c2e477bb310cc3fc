"""Finding for one reader (検索): visibility joined before anything is counted or cut off."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    false,
    not_,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from app.accounts.models import Role, User
from app.accounts.queries import bodies_acted_for
from app.extensions import db
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import MINISTRY_ROLES, handed_to
from app.proposals.models import CoProposer, Proposal
from app.proposals.queries import (
    BODY_ROLES,
    SECRETARIAT_ROLES,
    sees_all_submitted,
    visible_to,
)
from app.proposals.search import has_number
from app.search.kinds import Kind
from app.search_index.models import SearchDocument
from app.search_index.queries import Matching, Wanted, matching
from app.workflow.handoffs import ReplyStatus
from app.workflow.states import State

PAGE_SIZE = 20
# So many hits are counted and told apart (内訳); more are said to be more.
MOST_COUNTED = 1_000
# So many when somebody asks for all of them (すべて数える): some seconds at most.
MOST_COUNTED_OF_ALL = 20_000


# So many at a time are read when all are counted.
PART = 2_000

SearchSelect = Select[*tuple[Any, ...]]


class Hit(NamedTuple):
    """One document that was found (検索結果の1件)."""

    position: int
    kind: str
    owner_id: int
    case_id: int | None


class Standing(NamedTuple):
    """A hit, and how its case stands, if it is of one (検索結果の1件と案件の状況)."""

    position: int
    kind: str
    owner_id: int
    case_id: int | None
    round_id: int | None
    state: State | None
    category_id: int | None
    organization_id: int | None
    ministry_id: int | None
    submitted_at: datetime | None


class Within(NamedTuple):
    """Ids of the rounds whose cases are searched, and of all others (検索の範囲)."""

    searched: tuple[int, ...]
    left_out: tuple[int, ...]
    # Whether those left out have few cases: practice rounds alone (練習).
    is_nearly_all: bool


def is_secretariat(actor: User) -> bool:
    """Whether a reader may see nearly all cases: through the index, all others text by text."""
    return actor.has_role(*SECRETARIAT_ROLES)


def hits(
    actor: User, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], within: Within
) -> SearchSelect:
    """Documents a reader may read and that match, the newest first (検索結果).

    A reader of few cases is answered from those alone: what others wrote is not even touched, so
    that neither order nor time can tell of it. To a reader of nearly all, the few that stay hidden
    are looked up once; each case found would be read from end to end for its state.
    """
    found = matching(wanted, through_index=is_secretariat(actor))
    statement = _columns(found).where(found.condition)
    if within.is_nearly_all and not conditions and _reads_all_submitted(actor):
        seen = SearchDocument.case_id.not_in(_hidden_from(actor, within))
        statement = statement.where(readable_by(actor, seen))
    else:
        statement = statement.outerjoin(Proposal, Proposal.id == SearchDocument.case_id)
        statement = statement.where(of_rounds(within.searched), readable_by(actor), *conditions)
    return statement.order_by(found.position.desc())


def standings(
    actor: User, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], within: Within
) -> SearchSelect:
    """The documents of `hits` with how their cases stand, in no order (案件の状況)."""
    found = matching(wanted, through_index=is_secretariat(actor))
    statement = _columns(found).add_columns(
        Proposal.round_id,
        Proposal.state,
        Proposal.category_id,
        Proposal.organization_id,
        Proposal.ministry_id,
        Proposal.submitted_at,
    )
    return statement.outerjoin(Proposal, Proposal.id == SearchDocument.case_id).where(
        of_rounds(within.searched), readable_by(actor), found.condition, *conditions
    )


def _columns(found: Matching) -> SearchSelect:
    return select(
        found.position.label("position"),
        SearchDocument.kind,
        SearchDocument.owner_id,
        SearchDocument.case_id,
    ).select_from(found.source)


def _reads_all_submitted(actor: User) -> bool:
    """Whether a reader is of the secretariat alone, and has nothing to keep away from."""
    return sees_all_submitted(actor) and not actor.has_role(*BODY_ROLES, *MINISTRY_ROLES)


def _hidden_from(actor: User, within: Within) -> CompoundSelect[int]:
    """Cases that a search leaves out (対象外の案件): drafts, and those of the other rounds."""
    return union_all(
        select(Proposal.id).where(Proposal.round_id.in_(within.searched), not_(visible_to(actor))),
        select(Proposal.id).where(Proposal.round_id.in_(within.left_out)),
    )


def read_hits(statement: SearchSelect) -> list[Hit]:
    """Read what a statement of `hits` finds: one page (検索結果のページ)."""
    return [Hit._make(row) for row in db.session.execute(statement)]


def read_first(statement: SearchSelect, most: int) -> tuple[int, list[Hit]]:
    """How many a statement of `hits` finds, up to a limit, and those of the first page."""
    rows = db.session.execute(statement.limit(most)).all()
    return len(rows), [Hit._make(row) for row in rows[:PAGE_SIZE]]


def read_standings(statement: SearchSelect) -> Iterator[list[Standing]]:
    """Read what a statement of `standings` finds, part by part (全件)."""
    rows = db.session.execute(statement.execution_options(yield_per=PART))
    for part in rows.partitions():
        yield [Standing._make(row) for row in part]


def cases_numbered(word: str, round_ids: Sequence[int]) -> tuple[int, ...]:
    """Ids of the cases of these rounds with a word as their number (受付番号), readable or not."""
    numbered = has_number(word)
    if not numbered:
        return ()
    cases = select(Proposal.id).where(Proposal.round_id.in_(round_ids), or_(*numbered))
    return tuple(db.session.scalars(cases.order_by(Proposal.id)))


def readable_by(actor: User, seen: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Condition for the documents a reader may read (閲覧範囲): as the lists and pages say.

    `seen` stands for what the secretariat may know of; in its place stands the condition of the
    lists, which reads the case (`Proposal`).
    """
    allowed: list[ColumnElement[bool]] = []
    if actor.has_role(*SECRETARIAT_ROLES):
        sent = _replies().where(Reply.status == ReplyStatus.SENT).exists()
        shown = or_(_is(Kind.WHOLE_CASE), _has_no_more(), and_(_is(Kind.REPLY), sent))
        allowed.append(and_(shown, visible_to(actor) if seen is None else seen))
    if actor.has_role(*SECRETARIAT_ROLES, Role.ADMIN):
        allowed.append(_is(Kind.REGISTER))
    if actor.has_role(*BODY_ROLES):
        allowed.append(_readable_by_body(actor))
    if actor.has_role(*MINISTRY_ROLES):
        allowed.append(_readable_by_ministry(actor))
    return or_(*allowed) if allowed else false()


def _readable_by_body(actor: User) -> ColumnElement[bool]:
    """Own and joint cases, and replies that were released (P26)."""
    bodies = bodies_acted_for(actor)
    of_body = aliased(Proposal)
    near = SearchDocument.case_id.in_(
        union(
            select(of_body.id).where(of_body.organization_id.in_(bodies)),
            select(CoProposer.proposal_id).where(CoProposer.organization_id.in_(bodies)),
        )
    )
    released = _replies().where(Reply.release_id.is_not(None)).exists()
    own = Proposal.organization_id.in_(bodies)
    cases = or_(and_(own, or_(_is(Kind.WHOLE_CASE), _has_no_more())), and_(~own, _is(Kind.CASE)))
    shown = or_(cases, and_(_is(Kind.REPLY), released))
    return and_(near, visible_to(actor), shown)


def _readable_by_ministry(actor: User) -> ColumnElement[bool]:
    """What was sent to the ministry, and what it replied itself."""
    handed = select(Handoff.proposal_id).where(handed_to(actor))
    replied = _replies().join(Handoff, Handoff.id == Reply.handoff_id).where(handed_to(actor))
    return and_(
        SearchDocument.case_id.in_(handed),
        or_(_is(Kind.CASE), and_(_is(Kind.REPLY), replied.exists())),
    )


# Words of a question that every search asks are made once.
@cache
def _has_no_more() -> ColumnElement[bool]:
    """A case without answers that are not shared; one with any has a whole document beside it."""
    whole = aliased(SearchDocument)
    more = select(whole.id).where(
        whole.kind == Kind.WHOLE_CASE, whole.owner_id == SearchDocument.owner_id
    )
    return and_(_is(Kind.CASE), ~more.correlate(SearchDocument).exists())


def _replies() -> Select[int]:
    return select(Reply.id).where(Reply.id == SearchDocument.owner_id).correlate(SearchDocument)


@cache
def _is(kind: Kind) -> ColumnElement[bool]:
    # Not by its index: the documents of a reader are found by their cases, and those are few.
    return SearchDocument.kind.concat("") == kind


def of_rounds(round_ids: Sequence[int]) -> ColumnElement[bool]:
    """Condition for the documents of these rounds, and for those of none (台帳)."""
    return or_(SearchDocument.case_id.is_(None), Proposal.round_id.in_(round_ids))


def is_beyond(statement: SearchSelect, position: int, *, is_backwards: bool) -> SearchSelect:
    """The page after a place of the list, or before it, nearest first; and one hit more."""
    column = statement.selected_columns.position
    order = column.asc() if is_backwards else column.desc()
    place = column > position if is_backwards else column < position
    return statement.where(place).order_by(None).order_by(order).limit(PAGE_SIZE + 1)
