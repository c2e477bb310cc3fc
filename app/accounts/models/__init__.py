"""Organizations, users, their roles and sessions (団体・府省庁、利用者、役割、セッション)."""

from app.accounts.models.api_token import ApiToken, ApiTokenRound, TokenEnd
from app.accounts.models.invitation import Invitation, InvitationEnd
from app.accounts.models.kinds import (
    OUTSIDER_ROLES,
    ROLES_OF_KIND,
    OrganizationKind,
    OrgType,
    OutsiderKind,
    Role,
)
from app.accounts.models.master_data_request import MasterDataDecision, MasterDataRequest
from app.accounts.models.organization import (
    OfficeClosure,
    Organization,
    OrganizationName,
    OrganizationType,
)
from app.accounts.models.reset_wish import ResetWish
from app.accounts.models.second_factor import (
    FactorResetDecision,
    FactorResetRequest,
    HalfSession,
    PasswordReset,
    RecoveryCode,
    ResetEnd,
    SecondFactor,
)
from app.accounts.models.session import SignInAttempt, SignInStep, UserSession
from app.accounts.models.user import User, UserRole

__all__ = [
    "OUTSIDER_ROLES",
    "ROLES_OF_KIND",
    "ApiToken",
    "ApiTokenRound",
    "FactorResetDecision",
    "FactorResetRequest",
    "HalfSession",
    "Invitation",
    "InvitationEnd",
    "MasterDataDecision",
    "MasterDataRequest",
    "OfficeClosure",
    "OrgType",
    "Organization",
    "OrganizationKind",
    "OrganizationName",
    "OrganizationType",
    "OutsiderKind",
    "PasswordReset",
    "RecoveryCode",
    "ResetEnd",
    "ResetWish",
    "Role",
    "SecondFactor",
    "SignInAttempt",
    "SignInStep",
    "TokenEnd",
    "User",
    "UserRole",
    "UserSession",
]
