"""Tables of the case (提案の表)."""

from app.proposals.models.access_code import LateAccessCode
from app.proposals.models.amendment import Amendment, AmendmentDecision
from app.proposals.models.approval import ApprovalDecision, ApprovalRequest
from app.proposals.models.attachment import Attachment, AttachmentKind
from app.proposals.models.case import Proposal, ProposalRevision
from app.proposals.models.clock import CaseClock, ClockEnd
from app.proposals.models.conflict import ConflictKind, ConflictOfInterest
from app.proposals.models.correction import CorrectionItem, CorrectionRequest
from app.proposals.models.draft import DraftStart, DraftVersion
from app.proposals.models.handover import CaseHandover
from app.proposals.models.joining import Endorsement, JoiningWindow, OpenedProposal
from app.proposals.models.late import LateDecision, LateSubmission
from app.proposals.models.partner import CoProposer, PartnerAnswer
from app.proposals.models.publication import (
    Publication,
    PublicationConsent,
    PublicationStatus,
    PublicState,
)

__all__ = [
    "Amendment",
    "AmendmentDecision",
    "ApprovalDecision",
    "ApprovalRequest",
    "Attachment",
    "AttachmentKind",
    "CaseClock",
    "CaseHandover",
    "ClockEnd",
    "CoProposer",
    "ConflictKind",
    "ConflictOfInterest",
    "CorrectionItem",
    "CorrectionRequest",
    "DraftStart",
    "DraftVersion",
    "Endorsement",
    "JoiningWindow",
    "LateAccessCode",
    "LateDecision",
    "LateSubmission",
    "OpenedProposal",
    "PartnerAnswer",
    "Proposal",
    "ProposalRevision",
    "PublicState",
    "Publication",
    "PublicationConsent",
    "PublicationStatus",
]
