"""Tables of the case (提案の表)."""

from app.proposals.models.access_code import LateAccessCode
from app.proposals.models.case import Proposal, ProposalRevision
from app.proposals.models.clock import CaseClock, ClockEnd
from app.proposals.models.conflict import ConflictKind, ConflictOfInterest
from app.proposals.models.correction import CorrectionItem, CorrectionRequest
from app.proposals.models.late import LateDecision, LateSubmission

__all__ = [
    "CaseClock",
    "ClockEnd",
    "ConflictKind",
    "ConflictOfInterest",
    "CorrectionItem",
    "CorrectionRequest",
    "LateAccessCode",
    "LateDecision",
    "LateSubmission",
    "Proposal",
    "ProposalRevision",
]
