"""Who joined and who left a list of recipients (宛先の変更), against a list that somebody saw."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organization, OrganizationKind, User
from app.core.errors import StaleVersion
from app.extensions import db

LONGEST_ID = 9  # digits


@dataclass(frozen=True, kw_only=True)
class RosterChange:
    """Difference of a list of recipients to an earlier one (加わった宛先・外れた宛先)."""

    before: int
    now: int
    joined: list[User]
    gone: list[User]

    @property
    def is_none(self) -> bool:
        """Whether both lists name the same people (変更なし)."""
        return not self.joined and not self.gone


class RosterChanged(StaleVersion):
    """What was confirmed is no longer what would be sent (宛先・文面の変更): nothing is sent."""

    default_message: ClassVar[str] = (
        "確かめた後に、宛先か文面が変わりました。何も送っていません。"
        "変わった宛先を見て、もう一度確かめてください。"
    )


def change_since(former_ids: Collection[int], present: Iterable[User]) -> RosterChange:
    """Compare people with those of an earlier list (前回との違い); one query for who left."""
    former, people = set(former_ids), list(present)
    ids = {user.id for user in people}
    return RosterChange(
        before=len(former),
        now=len(people),
        joined=[user for user in people if user.id not in former],
        gone=_people(former - ids),
    )


def words_of_ids(people: Iterable[User]) -> str:
    """The list of recipients as a form carries it (見た宛先): numbers, never an address."""
    return ".".join(str(user.id) for user in people)


def read_ids(words: str) -> set[int]:
    """Read what `words_of_ids` wrote; anything else in it is passed over."""
    return {
        int(word)
        for word in words.split(".")
        if word.isascii() and word.isdigit() and len(word) <= LONGEST_ID
    }


def _people(ids: Collection[int]) -> list[User]:
    """People outside the secretariat with these ids: a form names nobody of the desk."""
    if not ids:
        return []
    statement = (
        select(User)
        .join(User.organization)
        .where(User.id.in_(ids), Organization.kind != OrganizationKind.SECRETARIAT)
        .options(joinedload(User.organization), selectinload(User.role_grants))
        .order_by(User.organization_id, User.id)
    )
    return list(db.session.scalars(statement).unique())
