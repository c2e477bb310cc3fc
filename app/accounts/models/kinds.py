"""Kinds and types of bodies, roles of people (団体の区分・種別、役割)."""

from enum import StrEnum


class OrganizationKind(StrEnum):
    """Which side of the work a body stands on (団体の区分)."""

    LOCAL_GOVERNMENT = "local_government"
    MINISTRY = "ministry"
    SECRETARIAT = "secretariat"
    ASSOCIATION = "association"


class OrgType(StrEnum):
    """Type of a local government (団体種別), recorded with its period, never read off the code."""

    PREFECTURE = "prefecture"
    DESIGNATED_CITY = "designated_city"
    CORE_CITY = "core_city"
    CITY = "city"
    SPECIAL_WARD = "special_ward"
    TOWN_VILLAGE = "town_village"
    UNION = "union"


class Role(StrEnum):
    """Role of a user inside one body (役割)."""

    PROPOSER = "proposer"
    PROPOSER_MANAGER = "proposer_manager"
    OFFICER = "officer"
    LEAD = "lead"
    MINISTRY_OFFICER = "ministry_officer"
    MINISTRY_COORDINATOR = "ministry_coordinator"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class OutsiderKind(StrEnum):
    """Who comes from outside (部外者の区分)."""

    GUEST = "guest"
    VENDOR = "vendor"
    CONTRACTOR = "contractor"


# What an outsider may hold: readers of a body, nobody who decides or looks after others.
OUTSIDER_ROLES = frozenset({Role.OBSERVER, Role.PROPOSER, Role.MINISTRY_OFFICER, Role.OFFICER})

ROLES_OF_KIND: dict[OrganizationKind, frozenset[Role]] = {
    OrganizationKind.LOCAL_GOVERNMENT: frozenset(
        {Role.PROPOSER, Role.PROPOSER_MANAGER, Role.OBSERVER}
    ),
    OrganizationKind.MINISTRY: frozenset(
        {Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR, Role.OBSERVER}
    ),
    OrganizationKind.SECRETARIAT: frozenset(
        {Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.ADMIN, Role.OBSERVER}
    ),
    OrganizationKind.ASSOCIATION: frozenset({Role.OBSERVER}),
}
