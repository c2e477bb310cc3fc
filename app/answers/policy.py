"""Who examines and releases replies, and who files a view (回答・見解の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.proposals.policy import can_edit, is_own
from app.proposals.queries import is_conflicted

EXAMINE_REFUSED = "回答を確認できるのは、事務局の仕分け担当と総括で、利益相反のない人だけです。"
RELEASE_REFUSED = "回答を公開できるのは、事務局の総括だけです。"
WRITE_VIEW_REFUSED = "見解を書けるのは、提案団体の担当者と管理者だけです。"
FILE_VIEW_REFUSED = (
    "見解を提出できるのは、提案団体の管理者だけです。自団体の管理者に依頼してください。"
)


def can_examine(actor: User, proposal: Proposal) -> bool:
    """Whether the actor settles replies of a case or has them examined again (回答の確認)."""
    return actor.has_role(Role.OFFICER, Role.LEAD) and not is_conflicted(actor.id, proposal)


def can_release(actor: User) -> bool:
    """Whether the actor releases replies to the bodies (回答の公開): a lead."""
    return actor.has_role(Role.LEAD)


def can_write_view(actor: User, proposal: Proposal) -> bool:
    """Whether the actor writes the view of the body (見解の記入); a partner reads along."""
    return can_edit(actor, proposal)


def can_file_view(actor: User, proposal: Proposal) -> bool:
    """Whether the actor files the view (見解の提出): the manager of the proposing body."""
    return actor.has_role(Role.PROPOSER_MANAGER) and is_own(actor, proposal)


def authorize_examine(actor: User, proposal: Proposal) -> None:
    """Refuse an actor who may not examine replies of the case. Raises NotAllowed."""
    if not can_examine(actor, proposal):
        raise NotAllowed(EXAMINE_REFUSED)


def authorize_release(actor: User) -> None:
    """Refuse an actor who may not release replies. Raises NotAllowed."""
    if not can_release(actor):
        raise NotAllowed(RELEASE_REFUSED)


def authorize_view(actor: User, proposal: Proposal, *, files: bool) -> None:
    """Refuse an actor who may not write, or file, the view. Raises NotAllowed."""
    if not can_write_view(actor, proposal):
        raise NotAllowed(WRITE_VIEW_REFUSED)
    if files and not can_file_view(actor, proposal):
        raise NotAllowed(FILE_VIEW_REFUSED)
