"""Who may write, release and take back letters to many (一斉連絡の権限): two people (P29)."""

from app.accounts.models import Role, User
from app.core import clock
from app.core.errors import NotAllowed
from app.mailings.models import Mailing, MailingStage

WRITE_REFUSED = "一斉連絡を書けるのは、事務局の仕分け担当と総括だけです。"
RELEASE_REFUSED = (
    "一斉連絡の送信を承認できるのは、書いた人でも件数を確かめた人でもない、"
    "事務局の仕分け担当か総括だけです。ほかの人に依頼してください。"
)
CANCEL_REFUSED = "承認した後に取りやめられるのは、書いた人、件数を確かめた人、承認した人だけです。"


def can_write(actor: User) -> bool:
    """Whether the actor may write letters to many (一斉連絡の作成)."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def can_release(actor: User, mailing: Mailing) -> bool:
    """Whether the actor may let it go (送信の承認): a second person, who wrote nothing of it."""
    concerned = {mailing.created_by_id, mailing.confirmed_by_id, *mailing.writer_ids}
    return can_write(actor) and actor.id not in concerned


def can_cancel(actor: User, mailing: Mailing) -> bool:
    """Whether the actor may take it out (取りやめ): anyone of the desk, after the release those."""
    if not can_write(actor):
        return False
    if mailing.stage is not MailingStage.RELEASED:
        return mailing.stage is not MailingStage.CANCELLED
    concerned = {mailing.confirmed_by_id, mailing.released_by_id, *mailing.writer_ids}
    return actor.id in concerned


def is_before_sending(mailing: Mailing) -> bool:
    """Whether nothing of it was sent yet for sure (送信の前): the time for second thoughts runs."""
    return mailing.sends_at is None or clock.now() < mailing.sends_at


def authorize_write(actor: User) -> None:
    """Refuse whoever may not write. Raises NotAllowed."""
    if not can_write(actor):
        raise NotAllowed(WRITE_REFUSED)


def authorize_release(actor: User, mailing: Mailing) -> None:
    """Refuse whoever may not let it go. Raises NotAllowed."""
    if not can_release(actor, mailing):
        raise NotAllowed(RELEASE_REFUSED)


def authorize_cancel(actor: User, mailing: Mailing) -> None:
    """Refuse whoever may not take it out. Raises NotAllowed."""
    authorize_write(actor)
    if mailing.stage is MailingStage.RELEASED and not can_cancel(actor, mailing):
        raise NotAllowed(CANCEL_REFUSED)
