"""The people of the demo (試用の利用者), all with the one published password."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, ROLE_OF_ACCOUNT
from app.accounts.models import Organization, OrganizationKind, Role, User
from app.accounts.passwords import hash_password
from app.accounts.services.users import CreateUser, add_user
from app.demo.bodies import ASSOCIATION, SECRETARIAT

BODY_OF_ACCOUNT = {
    "pref": "甲県",
    "pref-mgr": "甲県",
    "city": "甲子市",
    "city-mgr": "甲子市",
    "mhlw": "厚生労働省",
    "mhlw-coord": "厚生労働省",
    "digital": "デジタル庁",
    "digital-coord": "デジタル庁",
    "observer": ASSOCIATION,
}
MORE_OFFICERS = {"officer3": "仕分け担当3", "officer4": "仕分け担当4", "officer5": "仕分け担当5"}
OFFICERS = ("officer1", "officer2", "officer3", "officer4", "officer5")


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who acts in the demo (登場する人): by login, and by body."""

    users: Mapping[str, User]
    drafters: Mapping[str, User]
    managers: Mapping[str, User]

    def __getitem__(self, login: str) -> User:
        return self.users[login]

    @property
    def officers(self) -> list[User]:
        """The five reviewers of the secretariat (仕分け担当)."""
        return [self.users[login] for login in OFFICERS]


def add_people(bodies: Mapping[str, Organization]) -> Cast:
    """Add the published sign-ins, more officers, and two people for every other body (利用者).

    Argon2 is slow on purpose: the password that all share is hashed once.
    """
    password_hash = hash_password(DEMO_PASSWORD)
    users: dict[str, User] = {}

    def add(login: str, name: str, body: str, role: Role) -> User:
        command = CreateUser(
            login=login,
            display_name=name,
            organization_id=bodies[body].id,
            roles=(role,),
            password=DEMO_PASSWORD,
            email=f"{login}@demo.example",
        )
        users[login] = add_user(command, password_hash=password_hash, actor=None)
        return users[login]

    for account in DEMO_ACCOUNTS:
        body = BODY_OF_ACCOUNT.get(account.login, SECRETARIAT)
        name = account.label.removeprefix(body).strip() or "委員"
        add(account.login, name, body, ROLE_OF_ACCOUNT[account.login])
    for login, name in MORE_OFFICERS.items():
        add(login, name, SECRETARIAT, Role.OFFICER)
    drafters = {"甲県": users["pref"], "甲子市": users["city"]}
    managers = {"甲県": users["pref-mgr"], "甲子市": users["city-mgr"]}
    for body, organization in bodies.items():
        if organization.kind is OrganizationKind.LOCAL_GOVERNMENT and body not in drafters:
            login = f"b-{organization.code}"
            drafters[body] = add(login, "担当者", body, Role.PROPOSER)
            managers[body] = add(f"{login}-mgr", "管理者", body, Role.PROPOSER_MANAGER)
    return Cast(users=users, drafters=drafters, managers=managers)
