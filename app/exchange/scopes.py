"""Whose proposals an import may touch, and in whose name (取込みの範囲)."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Select, select

from app.accounts.models import Organization, OrganizationKind, Role, User
from app.accounts.queries import users_of_body
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import is_of_body, proposals_visible_to

IDS_AT_ONCE = 500
NOT_OWN_CODE = "自団体の団体コード（{code}）ではありません"
UNKNOWN_CODE = "この団体コードの団体は登録されていません"


class Scope(Protocol):
    """Range of an import (取込みの範囲)."""

    def default_body(self) -> Organization | None:
        """Body of a row that names none."""

    def body_with_code(self, code: str) -> Organization | str:
        """Body with a code, or in words why it cannot be the one."""

    def actor_for(self, organization_id: int) -> User | None:
        """Person in whose name a proposal of the body is written."""

    def known(self, numbers: Sequence[str], ids: Sequence[int]) -> list[Proposal]:
        """Proposals with these receipt numbers or ids, as far as the import may know of them."""


class BodyScope:
    """A person imports for the own body (団体の取込み)."""

    def __init__(self, actor: User) -> None:
        self.actor = actor

    def default_body(self) -> Organization | None:
        """Body of the person."""
        return self.actor.organization

    def body_with_code(self, code: str) -> Organization | str:
        """The own body, whose code it must be."""
        own = self.actor.organization
        return own if code == own.code else NOT_OWN_CODE.format(code=own.code)

    def actor_for(self, organization_id: int) -> User | None:
        """The person."""
        return self.actor

    def known(self, numbers: Sequence[str], ids: Sequence[int]) -> list[Proposal]:
        """Proposals of the own body: another body's are as unknown as none (P25)."""
        own = proposals_visible_to(self.actor).where(is_of_body(self.actor))
        return _fetched(own, numbers, ids)


class OperatorScope:
    """A command imports for one body, or for every body its rows name (コマンドの取込み).

    It acts in the name of the body's own people: managers first, then those in charge.
    """

    def __init__(self, body: Organization | None) -> None:
        self.body = body
        self._bodies: dict[str, Organization | str] = {}
        self._actors: dict[int, User | None] = {}

    def default_body(self) -> Organization | None:
        """The body that the command names, if any."""
        return self.body

    def body_with_code(self, code: str) -> Organization | str:
        """Local government with this code; only the named one where one is named."""
        if self.body is not None:
            named = self.body.code
            return self.body if code == named else f"指定した団体（{named}）ではありません"
        if code not in self._bodies:
            self._bodies[code] = find_local_government(code) or UNKNOWN_CODE
        return self._bodies[code]

    def actor_for(self, organization_id: int) -> User | None:
        """First person of the body who may write; None when it has none."""
        if organization_id not in self._actors:
            self._actors[organization_id] = _writer_of(organization_id)
        return self._actors[organization_id]

    def known(self, numbers: Sequence[str], ids: Sequence[int]) -> list[Proposal]:
        """Every proposal, of the named body where one is named."""
        statement = select(Proposal)
        if self.body is not None:
            statement = statement.where(Proposal.organization_id == self.body.id)
        return _fetched(statement, numbers, ids)


def find_local_government(code: str) -> Organization | None:
    """Local government with this code (団体コード), None when there is none."""
    return db.session.scalars(
        select(Organization).where(
            Organization.code == code, Organization.kind == OrganizationKind.LOCAL_GOVERNMENT
        )
    ).one_or_none()


def _writer_of(organization_id: int) -> User | None:
    for role in (Role.PROPOSER_MANAGER, Role.PROPOSER):
        found = db.session.scalars(users_of_body(organization_id, role).limit(1)).first()
        if found is not None:
            return found
    return None


def _fetched(
    statement: Select[Proposal], numbers: Sequence[str], ids: Sequence[int]
) -> list[Proposal]:
    found: list[Proposal] = []
    for start in range(0, len(numbers), IDS_AT_ONCE):
        some = numbers[start : start + IDS_AT_ONCE]
        found += db.session.scalars(statement.where(Proposal.receipt_number.in_(some)))
    for start in range(0, len(ids), IDS_AT_ONCE):
        chosen = ids[start : start + IDS_AT_ONCE]
        found += db.session.scalars(statement.where(Proposal.id.in_(chosen)))
    return found
