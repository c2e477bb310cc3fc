"""Japanese words for roles and types of bodies (表示名)."""

from app.accounts.models import ROLES_OF_KIND, OrganizationKind, OrgType, Role

ROLE_LABELS: dict[Role, str] = {
    Role.PROPOSER: "提案団体 担当者",
    Role.PROPOSER_MANAGER: "提案団体 管理者",
    Role.OFFICER: "事務局 仕分け担当",
    Role.LEAD: "事務局 総括",
    Role.MINISTRY_OFFICER: "府省庁 担当",
    Role.MINISTRY_COORDINATOR: "府省庁 窓口",
    Role.OBSERVER: "協議会・地方三団体",
    Role.AUDITOR: "監査",
    Role.ADMIN: "システム管理",
}

ORG_TYPE_LABELS: dict[OrgType, str] = {
    OrgType.PREFECTURE: "都道府県",
    OrgType.DESIGNATED_CITY: "指定都市",
    OrgType.CORE_CITY: "中核市",
    OrgType.CITY: "市（指定都市・中核市除く。）",
    OrgType.SPECIAL_WARD: "特別区",
    OrgType.TOWN_VILLAGE: "町村",
    OrgType.UNION: "組合等",
}

# Short form for tables, where the long one of the meeting paper would not fit.
ORG_TYPE_SHORT_LABELS: dict[OrgType, str] = {**ORG_TYPE_LABELS, OrgType.CITY: "市"}

KIND_LABELS: dict[OrganizationKind, str] = {
    OrganizationKind.LOCAL_GOVERNMENT: "地方公共団体",
    OrganizationKind.MINISTRY: "府省庁",
    OrganizationKind.SECRETARIAT: "事務局",
    OrganizationKind.ASSOCIATION: "全国的連合組織",
}


def role_choices(kind: OrganizationKind) -> dict[str, str]:
    """Roles that fit a kind of body, as choices of a form (役割の選択肢)."""
    return {role.value: ROLE_LABELS[role] for role in Role if role in ROLES_OF_KIND[kind]}
