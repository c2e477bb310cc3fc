"""On what terms somebody from outside is let in (部外者の立入りの条件, P52)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.labels import ROLE_LABELS
from app.accounts.models import OUTSIDER_ROLES, Organization, OutsiderKind, Role, User
from app.accounts.queries import insiders_of_body
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db

LONGEST_ACCESS = timedelta(days=366)
NO_CONTRACT = "契約番号を入力してください。契約のない人のアカウントは作れません"
OVER_ALREADY = "終わりの日時は、今より後にしてください"
TOO_LONG = "終わりの日時は、今から1年以内にしてください。続くときは、更新の契約で延ばします"
NO_SUPERVISOR = "監督者は、この団体の、いま使える職員から選んでください"
NOT_FOR_OUTSIDERS = "「{role}」は部外者に付けられません。閲覧だけの役割から選んでください"
WATCHES_OVER = (
    "この人は、利用期間の残る部外者（{names}）の監督者です。"
    "先に、部外者の画面で監督者をほかの人に替えてください。"
)


@dataclass(frozen=True, kw_only=True)
class OutsideTerms:
    """Who comes by which contract, until when, and who watches over it (立入りの条件)."""

    kind: OutsiderKind
    affiliation: str
    contract_number: str
    ends_at: datetime
    supervisor_id: int


def check_terms(body: Organization, terms: OutsideTerms) -> None:
    """Refuse terms without contract, end or supervising officer (監督者). Raises InvalidInput."""
    errors: dict[str, list[str]] = {}
    now = clock.now()
    if is_blank(terms.contract_number):
        errors["contract_number"] = [NO_CONTRACT]
    if terms.ends_at <= now:
        errors["ends_on"] = [OVER_ALREADY]
    elif terms.ends_at > now + LONGEST_ACCESS:
        errors["ends_on"] = [TOO_LONG]
    if terms.supervisor_id not in {person.id for person in insiders_of_body(body.id)}:
        errors["supervisor_id"] = [NO_SUPERVISOR]
    if errors:
        raise InvalidInput(errors)


def check_outside_roles(roles: Sequence[Role]) -> None:
    """Refuse an outsider a role that decides or looks after others. Raises InvalidInput."""
    for role in roles:
        if role not in OUTSIDER_ROLES:
            raise InvalidInput({"roles": [NOT_FOR_OUTSIDERS.format(role=ROLE_LABELS[role])]})


def set_terms(user: User, terms: OutsideTerms) -> None:
    """Put the terms on an account (立入りの条件); who calls has checked them."""
    user.outsider_kind = terms.kind
    user.affiliation = terms.affiliation
    user.contract_number = terms.contract_number
    user.access_ends_at = terms.ends_at
    user.supervisor_id = terms.supervisor_id


def check_watches_over_nobody(user: User, since: datetime | None = None) -> None:
    """Refuse to close the account of whoever outsiders depend on (監督者). Raises NotAllowed.

    `since` is when it closes, None for now.
    """
    statement = select(User.display_name).where(
        User.supervisor_id == user.id,
        User.disabled_at.is_(None),
        User.access_ends_at > max(clock.now(), since or clock.now()),
    )
    if names := list(db.session.scalars(statement.order_by(User.id))):
        raise NotAllowed(WATCHES_OVER.format(names="、".join(names)))


def words_of_end(user: User) -> str:
    """Why the account of an outsider lets in no more, and whom to turn to (利用期間の終わり)."""
    supervisor = db.session.get(User, user.supervisor_id)
    ended = format_datetime(user.access_ends_at) if user.access_ends_at else ""
    name = supervisor.label if supervisor else "契約した団体"
    return (
        f"このアカウントの利用期間は、{ended}に終わりました。"
        f"続けて使うときは、監督者（{name}）に連絡してください。"
    )
