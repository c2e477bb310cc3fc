"""A drafter and a manager for every body that proposes (合成の利用者)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from app.accounts.models import Organization, OrganizationKind, Role, User, UserRole
from app.attestations.services import year_from
from app.audit.actors import new_name_key, sealed_label
from app.audit.services import SYSTEM_LABEL
from app.core import clock
from app.extensions import Base, db
from app.synth.patterns import Row

ROLES = (Role.PROPOSER, Role.PROPOSER_MANAGER)
NAMES = {Role.PROPOSER: "担当者", Role.PROPOSER_MANAGER: "管理者"}
SUFFIXES = {Role.PROPOSER: "", Role.PROPOSER_MANAGER: "-mgr"}
ENDING = "demo.example"


class Person(NamedTuple):
    """Whoever acts for a body (団体の人)."""

    id: int
    label: str
    email: str


class Body(NamedTuple):
    """A body that proposes, with its drafter and its manager (団体)."""

    id: int
    name: str
    drafter: Person
    manager: Person

    @property
    def people(self) -> tuple[Person, Person]:
        """Drafter and manager, in the order in which patterns name them."""
        return self.drafter, self.manager


class Staffed(NamedTuple):
    """The bodies, and what was added for them: entries of the trail (登録した利用者)."""

    bodies: list[Body]
    entries: list[Row]


def staff_bodies(at: datetime) -> Staffed:
    """Every local government with two people, added where they are missing (利用者の補充).

    All have the password of the demo. `at` is when the trail says that they came.
    """
    organizations = db.session.execute(
        select(Organization.id, Organization.recorded_name, Organization.code)
        .where(
            Organization.kind == OrganizationKind.LOCAL_GOVERNMENT,
            Organization.code.is_not(None),
            Organization.successor_id.is_(None),
        )
        .order_by(Organization.code)
    ).all()
    present = _present()
    adding = _Adding(at)
    bodies = []
    for id_, name, code in organizations:
        people = [
            present.get((id_, role)) or adding.add(id_, name, code or "", role) for role in ROLES
        ]
        bodies.append(Body(id_, name, *people))
    adding.write()
    return Staffed(bodies, adding.entries)


def _present() -> Mapping[tuple[int, Role], Person]:
    rows = db.session.execute(
        select(
            User.id,
            User.display_name,
            User.name_key,
            User.email,
            User.organization_id,
            UserRole.role,
            Organization.recorded_name,
        )
        .join(UserRole, UserRole.user_id == User.id)
        .join(Organization, Organization.id == User.organization_id)
        .where(UserRole.role.in_(ROLES), User.disabled_at.is_(None))
        .order_by(User.id.desc())
    )
    return {
        (row.organization_id, row.role): Person(
            row.id,
            sealed_label(row.recorded_name, row.display_name, row.name_key),
            row.email or "",
        )
        for row in rows
    }


class _Adding:
    """Users that are missing, written at once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._next = (db.session.scalar(select(User.id).order_by(User.id.desc()).limit(1)) or 0) + 1
        self._hash = db.session.scalars(
            select(User.password_hash)
            .join(UserRole, UserRole.user_id == User.id)
            .where(UserRole.role == Role.PROPOSER)
            .order_by(User.id)
            .limit(1)
        ).one()
        self._users: list[Row] = []
        self._roles: list[Row] = []
        self.entries: list[Row] = []

    def add(self, organization_id: int, name: str, code: str, role: Role) -> Person:
        login = f"s-{code}{SUFFIXES[role]}"
        key = new_name_key()
        label = sealed_label(name, NAMES[role], key)
        person = Person(self._next, label, f"{login}@{ENDING}")
        self._next += 1
        self._users.append(
            {
                "id": person.id,
                "login": login,
                "display_name": NAMES[role],
                "name_key": key,
                "organization_id": organization_id,
                "email": person.email,
                "password_hash": self._hash,
                "created_at": self._at,
                "attested_until": year_from(clock.today()),
                "version": 1,
            }
        )
        self._roles.append({"user_id": person.id, "role": role})
        self.entries.append(_entry(person, role, self._at))
        return person

    def write(self) -> None:
        if self._users:
            db.session.execute(insert(Base.metadata.tables["user_account"]), self._users)
            db.session.execute(insert(Base.metadata.tables["user_role"]), self._roles)


def _entry(person: Person, role: Role, at: datetime) -> Row:
    return {
        "occurred_at": min(at, clock.now()),
        "verb": "user.create",
        "actor_id": None,
        "actor_label": SYSTEM_LABEL,
        "subject_type": "user",
        "subject_id": person.id,
        "subject_version": None,
        "from_state": None,
        "to_state": None,
        "reason": "",
        "changes": {"roles": [role.value]},
        "request_id": "",
    }
