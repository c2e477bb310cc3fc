"""Sign-ins of the demo (試用のログイン): shown in development, refused in production."""

from typing import NamedTuple

from app.accounts.models import Role

DEMO_PASSWORD = "kyotsu-demo-2024"  # noqa: S105 - published on purpose, for fictitious people


class DemoAccount(NamedTuple):
    """A sign-in with the words that say who it is."""

    login: str
    label: str


DEMO_ACCOUNTS = (
    DemoAccount("pref", "甲県 担当者"),
    DemoAccount("pref-mgr", "甲県 管理者"),
    DemoAccount("city", "甲子市 担当者"),
    DemoAccount("city-mgr", "甲子市 管理者"),
    DemoAccount("officer1", "事務局 仕分け担当1"),
    DemoAccount("officer2", "事務局 仕分け担当2"),
    DemoAccount("lead", "事務局 総括"),
    DemoAccount("auditor", "事務局 監査"),
    DemoAccount("admin", "事務局 システム管理"),
    DemoAccount("mhlw", "厚生労働省 担当"),
    DemoAccount("mhlw-coord", "厚生労働省 窓口"),
    DemoAccount("digital", "デジタル庁 担当"),
    DemoAccount("digital-coord", "デジタル庁 窓口"),
    DemoAccount("observer", "協議会"),
)

ROLE_OF_ACCOUNT: dict[str, Role] = {
    "pref": Role.PROPOSER,
    "pref-mgr": Role.PROPOSER_MANAGER,
    "city": Role.PROPOSER,
    "city-mgr": Role.PROPOSER_MANAGER,
    "officer1": Role.OFFICER,
    "officer2": Role.OFFICER,
    "lead": Role.LEAD,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
    "mhlw": Role.MINISTRY_OFFICER,
    "mhlw-coord": Role.MINISTRY_COORDINATOR,
    "digital": Role.MINISTRY_OFFICER,
    "digital-coord": Role.MINISTRY_COORDINATOR,
    "observer": Role.OBSERVER,
}
