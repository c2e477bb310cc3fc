"""Finding comments (コメントの検索). Every list starts from what the actor may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body, users_with_role
from app.comments.models import Comment, CommentAudience, CommentMention
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES, visible_to
from app.triage.blindness import hidden_opinion_ids
from app.triage.queries import assessments_of, conflicts_with

NOT_FOUND = "このコメントは見つかりません。提案の「コメント」の画面から開いてください。"
MINISTRY_ROLES = (Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR)


MinistryReaders = Callable[[Proposal], Sequence[tuple[str, int]]]

_ministry_readers: list[MinistryReaders] = []


def count_ministry_readers(counter: MinistryReaders) -> MinistryReaders:
    """Register who tells the ministries a case was sent to, and how many read there (送付先).

    For the feature above this one that knows of hand-offs.
    """
    _ministry_readers.append(counter)
    return counter


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who would read a comment (読む人の数): people of the secretariat, and of others by name.

    Whoever has a conflict of interest with the case reads nothing and is not counted.
    """

    secretariat: int
    others: tuple[tuple[str, int], ...]


def readable_by(actor: User) -> ColumnElement[bool]:
    """Condition for the comments an actor may read on a case it may see (閲覧範囲).

    Beyond the secretariat nobody reads one that was taken back.
    """
    allowed: list[ColumnElement[bool]] = []
    if actor.has_role(*SECRETARIAT_ROLES):
        allowed.append(Comment.id.is_not(None))
    if actor.has_role(*BODY_ROLES):
        allowed.append(_shown_to(CommentAudience.BODY))
    if actor.has_role(*MINISTRY_ROLES):
        allowed.append(_shown_to(CommentAudience.MINISTRY))
    return or_(*allowed) if allowed else Comment.id.is_(None)


def _shown_to(audience: CommentAudience) -> ColumnElement[bool]:
    return (Comment.audience == audience) & Comment.retracted_at.is_(None)


@once_a_page
def comments_on(proposal: Proposal, actor: User) -> list[Comment]:
    """Comments of a case the actor may read, oldest first (コメント).

    A partner of the proposal reads none: they are said to the proposing body.
    """
    if actor.has_role(*BODY_ROLES) and not _is_proposer(proposal, actor):
        return []
    statement = (
        select(Comment)
        .where(Comment.proposal_id == proposal.id, readable_by(actor))
        .order_by(Comment.id)
    )
    kept_back = _authors_kept_back(proposal, actor)
    return [row for row in db.session.scalars(statement) if row.author_id not in kept_back]


def _authors_kept_back(proposal: Proposal, actor: User) -> set[int]:
    """Authors of opinions the actor may not read yet: their words could tell them (E4)."""
    hidden = hidden_opinion_ids(actor, proposal)
    if not hidden:
        return set()
    return {row.author_id for row in assessments_of(proposal) if row.id in hidden}


def _is_proposer(proposal: Proposal, actor: User) -> bool:
    people = users_of_body(proposal.organization_id, *BODY_ROLES).where(User.id == actor.id)
    return db.session.scalars(people).first() is not None


def get_comment(proposal: Proposal, actor: User, comment_id: int) -> Comment:
    """Return a comment of this case the actor may read (コメント). Raises NotFound."""
    found = next((row for row in comments_on(proposal, actor) if row.id == comment_id), None)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def mentionable_on(proposal: Proposal, author: User) -> list[User]:
    """Colleagues a comment can be meant for: those who may see the case, the author not (候補)."""
    return [user for user in _inner_readers(proposal) if user.id != author.id]


@once_a_page
def _inner_readers(proposal: Proposal) -> list[User]:
    """People of the secretariat who may see a case (事務局の読む人)."""
    conflicted = conflicts_with(proposal)
    people = db.session.scalars(users_with_role(*SECRETARIAT_ROLES))
    return [user for user in people if user.id not in conflicted]


def readers_of(proposal: Proposal, audience: CommentAudience) -> Readers:
    """Count who would read a comment with this audience today (読む人の数)."""
    return Readers(secretariat=len(_inner_readers(proposal)), others=_others(proposal, audience))


def _others(proposal: Proposal, audience: CommentAudience) -> tuple[tuple[str, int], ...]:
    if audience is CommentAudience.BODY:
        people = db.session.scalars(users_of_body(proposal.organization_id, *BODY_ROLES))
        return ((proposal.organization.name, len(list(people))),)
    if audience is not CommentAudience.MINISTRY:
        return ()
    found = tuple(row for count in _ministry_readers for row in count(proposal))
    # Of a case that no ministry has, what is written for it waits for the hand-off (送付).
    return found or (("送付先の府省庁", 0),)


def mentions_of(actor: User, *, is_read: bool, limit: int) -> list[Comment]:
    """Comments meant for the actor, the latest first (自分宛てのコメント).

    Those on cases the person may no longer see are left out, those taken back, and those of
    somebody whose opinion the person may not read yet.
    """
    read = CommentMention.read_at
    statement = (
        select(Comment)
        .join(Comment.mentions)
        .join(Comment.proposal)
        .where(
            CommentMention.user_id == actor.id,
            read.is_not(None) if is_read else read.is_(None),
            Comment.retracted_at.is_(None),
            visible_to(actor),
        )
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    return [
        row
        for row in db.session.scalars(statement)
        if row.author_id not in _authors_kept_back(row.proposal, actor)
    ]
