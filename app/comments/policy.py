"""Who may say what about a case, and to whom (コメントの権限)."""

from app.accounts.models import Role, User
from app.comments.models import Comment
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.triage.policy import can_work

WRITE_REFUSED = "コメントを書けるのは、事務局の仕分け担当と総括で、利益相反のない人だけです。"
CHANGE_REFUSED = "コメントを広げたり取り消したりできるのは、書いた人と総括だけです。"


def can_write(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may comment on the case (コメント)."""
    return can_work(actor, proposal)


def can_change(actor: User, comment: Comment) -> bool:
    """Whether the actor may show a comment to more people or take it back (拡大・取消し)."""
    is_own = comment.author_id == actor.id
    return can_work(actor, comment.proposal) and (is_own or actor.has_role(Role.LEAD))


def authorize_write(actor: User, proposal: Proposal) -> None:
    """Refuse an actor who may not comment. Raises NotAllowed."""
    if not can_write(actor, proposal):
        raise NotAllowed(WRITE_REFUSED)


def authorize_change(actor: User, comment: Comment) -> None:
    """Refuse an actor who may not change the audience or take back. Raises NotAllowed."""
    if not can_change(actor, comment):
        raise NotAllowed(CHANGE_REFUSED)
