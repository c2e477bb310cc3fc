"""The bodies of the demo (試用の団体・府省庁): fictitious local governments, real ministries."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import Organization, OrganizationKind, OrganizationType, OrgType
from app.core.codes import local_government_code
from app.extensions import db

STEMS = "甲乙丙丁戊己庚辛壬癸"  # 十干
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"  # 十二支
PREFECTURES = (*STEMS, *BRANCHES[:6])
MUNICIPALITIES = 58

# Real prefectures end at 47. The nineties hold ten only, so the other six take 84 to 89, which
# are unassigned as well: no code of the demo can be mistaken for that of a real body.
PREFECTURE_NUMBERS = (*range(90, 100), *range(84, 90))

# By the number of the pair in the cycle of sixty (干支), 0 is 甲子. The rest are plain cities.
DESIGNATED_CITIES = frozenset({3, 14, 25, 38, 52})
CORE_CITIES = frozenset({6, 11, 17, 21, 29, 34, 41, 46, 56})
TOWNS = frozenset({9, 15, 23, 31, 40, 48, 55})
FIRST_NUMBERS = {
    OrgType.DESIGNATED_CITY: 100,
    OrgType.CORE_CITY: 201,
    OrgType.CITY: 201,
    OrgType.TOWN_VILLAGE: 301,
}

# Since when the types of the demo hold; no body of it changes its type.
TYPES_SINCE = date(2020, 4, 1)

SECRETARIAT = "事務局"
ASSOCIATION = "協議会"
# Unit → the ministry it belongs to; "" for a ministry itself.
MINISTRIES = {
    "内閣官房": "",
    "行革事務局": "内閣官房",
    "内閣府": "",
    "内閣府防災担当": "内閣府",
    "分権室": "内閣府",
    "警察庁": "",
    "金融庁": "",
    "消費者庁": "",
    "こども家庭庁": "",
    "デジタル庁": "",
    "復興庁": "",
    "総務省": "",
    "消防庁": "総務省",
    "法務省": "",
    "財務省": "",
    "国税庁": "財務省",
    "文部科学省": "",
    "厚生労働省": "",
    "農林水産省": "",
    "経済産業省": "",
    "国土交通省": "",
    "環境省": "",
    "防衛省": "",
}


@dataclass(frozen=True, kw_only=True)
class SampleBody:
    """A fictitious local government (見本の団体)."""

    name: str
    code: str
    org_type: OrgType


def sample_bodies() -> list[SampleBody]:
    """The 74 bodies in the printed mix 16/5/9/37/7, prefectures first (提案団体)."""
    prefectures = [
        SampleBody(
            name=f"{name}県",
            code=local_government_code(f"{number}000"),
            org_type=OrgType.PREFECTURE,
        )
        for name, number in zip(PREFECTURES, PREFECTURE_NUMBERS, strict=True)
    ]
    taken: set[str] = set()
    return prefectures + [_municipality(index, taken) for index in range(MUNICIPALITIES)]


def add_organizations() -> dict[str, Organization]:
    """Add every body of the demo to the running transaction, by name (団体・府省庁の登録)."""
    added = {
        SECRETARIAT: Organization(kind=OrganizationKind.SECRETARIAT, name=SECRETARIAT),
        ASSOCIATION: Organization(kind=OrganizationKind.ASSOCIATION, name=ASSOCIATION),
    }
    for name, parent in MINISTRIES.items():
        added[name] = Organization(
            kind=OrganizationKind.MINISTRY, name=name, parent=added.get(parent)
        )
    names_of_prefectures = {
        str(number): f"{name}県"
        for name, number in zip(PREFECTURES, PREFECTURE_NUMBERS, strict=True)
    }
    for body in sample_bodies():
        added[body.name] = Organization(
            kind=OrganizationKind.LOCAL_GOVERNMENT,
            name=body.name,
            code=body.code,
            prefecture=names_of_prefectures[body.code[:2]],
            is_sample=True,
            types=[OrganizationType(valid_from=TYPES_SINCE, org_type=body.org_type)],
        )
    db.session.add_all(added.values())
    db.session.flush()
    return added


def _municipality(index: int, taken: set[str]) -> SampleBody:
    org_type = _org_type(index)
    suffix = "町" if org_type is OrgType.TOWN_VILLAGE else "市"
    prefecture = PREFECTURE_NUMBERS[index % len(PREFECTURE_NUMBERS)]
    number = FIRST_NUMBERS[org_type]
    while f"{prefecture}{number}" in taken:
        number += 1
    taken.add(f"{prefecture}{number}")
    return SampleBody(
        name=f"{STEMS[index % 10]}{BRANCHES[index % 12]}{suffix}",
        code=local_government_code(f"{prefecture}{number}"),
        org_type=org_type,
    )


def _org_type(index: int) -> OrgType:
    if index in DESIGNATED_CITIES:
        return OrgType.DESIGNATED_CITY
    if index in CORE_CITIES:
        return OrgType.CORE_CITY
    return OrgType.TOWN_VILLAGE if index in TOWNS else OrgType.CITY
