"""Writing comments, showing them to more people, taking them back (コメントの操作)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.comments.models import Comment, CommentAudience, CommentMention
from app.comments.policy import authorize_change, authorize_write
from app.comments.queries import mentionable_on
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.letters import write_in_round

LONGEST_BODY = 2000  # characters

CONFIRM_AUDIENCE = "読む人を確かめて、もう一度押してください"
NOT_MENTIONABLE = "知らせる人を一覧から選んでください。一覧にない人には知らせられません"
ALREADY_WIDER = "このコメントは、すでに事務局の外に見せています。"
TAKEN_BACK = "このコメントは取り消されています。"


@dataclass(frozen=True, kw_only=True)
class WriteComment:
    """A comment for an audience (コメント); beyond the secretariat it asks again first."""

    body: str
    audience: CommentAudience = CommentAudience.INTERNAL
    mentioned_ids: tuple[int, ...] = ()
    is_confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class WidenComment:
    """An internal comment shown to more people (公開範囲の拡大)."""

    version: int
    audience: CommentAudience
    is_confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class RetractComment:
    """A comment taken back (コメントの取消し); it stays readable to the secretariat."""

    version: int


def write_comment(proposal: Proposal, command: WriteComment, *, actor: User) -> Comment:
    """Add a comment to a case (コメント) and tell the colleagues it is meant for.

    Raises NotAllowed, and InvalidInput for no text, a wider audience that was not confirmed, and
    a colleague who may not see the case; the words are the same for one who does not exist (E3).
    """
    authorize_write(actor, proposal)
    mentioned = _checked(proposal, command, actor)
    comment = Comment(
        proposal_id=proposal.id,
        author_id=actor.id,
        body=command.body,
        audience=command.audience,
        written_at=clock.now(),
        mentions=[CommentMention(user_id=user.id) for user in mentioned],
    )
    db.session.add(comment)
    db.session.flush()
    _leave_trace("comment", comment, proposal, actor, mentioned=len(mentioned))
    write_in_round(
        proposal.round,
        "mentioned",
        mentioned,
        key=f"mentioned:{comment.id}",
        path="/mentions",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )
    return comment


def widen_comment(comment: Comment, command: WidenComment, *, actor: User) -> None:
    """Show an internal comment to the body or the ministries (公開範囲の拡大); logged.

    Raises NotAllowed, StaleVersion, IllegalTransition for one that is shown or taken back already,
    InvalidInput.
    """
    authorize_change(actor, comment)
    _check_unchanged(comment, command.version)
    if comment.audience is not CommentAudience.INTERNAL:
        raise IllegalTransition(ALREADY_WIDER)
    if command.audience is CommentAudience.INTERNAL:
        raise InvalidInput({"audience": ["見せる相手を選んでください"]})
    if not command.is_confirmed:
        raise InvalidInput({"audience": [CONFIRM_AUDIENCE]})
    comment.audience = command.audience
    comment.widened_at = clock.now()
    comment.widened_by_id = actor.id
    db.session.flush()
    _leave_trace("widen_comment", comment, comment.proposal, actor)


def retract_comment(comment: Comment, command: RetractComment, *, actor: User) -> None:
    """Take a comment back (コメントの取消し): beyond the secretariat it is gone.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_change(actor, comment)
    _check_unchanged(comment, command.version)
    comment.retracted_at = clock.now()
    db.session.flush()
    _leave_trace("retract_comment", comment, comment.proposal, actor)


def mark_read(comment_ids: Sequence[int], *, actor: User) -> int:
    """Note that the actor has read what was meant for it (既読); return how many are new."""
    now = clock.now()
    changed = 0
    for comment_id in comment_ids:
        mention = db.session.get(CommentMention, (comment_id, actor.id))
        if mention is None:
            raise NotFound("この知らせは見つかりません。一覧を開き直してください。")
        if mention.read_at is None:
            mention.read_at = now
            changed += 1
    db.session.flush()
    return changed


def _checked(proposal: Proposal, command: WriteComment, actor: User) -> list[User]:
    errors: dict[str, list[str]] = {}
    if is_blank(command.body):
        errors["body"] = ["コメントを入力してください"]
    if command.audience is not CommentAudience.INTERNAL and not command.is_confirmed:
        errors["audience"] = [CONFIRM_AUDIENCE]
    known = {user.id: user for user in mentionable_on(proposal, actor)}
    wanted = dict.fromkeys(command.mentioned_ids)
    if any(user_id not in known for user_id in wanted):
        errors["mentioned_ids"] = [NOT_MENTIONABLE]
    if errors:
        raise InvalidInput(errors)
    return [known[user_id] for user_id in wanted]


def _check_unchanged(comment: Comment, version: int) -> None:
    if comment.version != version:
        raise StaleVersion(STALE_MESSAGE)
    if comment.retracted_at is not None:
        raise IllegalTransition(TAKEN_BACK)


def _leave_trace(
    act: str, comment: Comment, proposal: Proposal, actor: User, **changes: Any
) -> None:
    record(
        f"proposal.{act}",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={"comment_id": comment.id, "audience": comment.audience.value, **changes},
    )
