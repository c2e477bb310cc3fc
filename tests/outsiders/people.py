"""Somebody from outside, for the tests (部外者)."""

from datetime import datetime

from app.accounts.models import OutsiderKind, Role, User
from app.accounts.services.outside_terms import OutsideTerms
from app.accounts.services.users import CreateUser, add_user
from tests.factories import PASSWORD_HASH


def make_outsider(supervisor: User, *, ends_at: datetime, role: Role | None = None) -> User:
    """Add a contractor who reads what the supervisor reads, unless told otherwise."""
    command = CreateUser(
        login="outside",
        display_name="委託先の担当",
        organization_id=supervisor.organization_id,
        roles=(role or next(iter(supervisor.roles)),),
        password="",
        outside=OutsideTerms(
            kind=OutsiderKind.CONTRACTOR,
            affiliation="株式会社試験",
            contract_number="委託6-12",
            ends_at=ends_at,
            supervisor_id=supervisor.id,
        ),
    )
    return add_user(command, password_hash=PASSWORD_HASH, actor=None)
