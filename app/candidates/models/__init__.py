"""Candidates, the cases that lead to them, their dates and reports (対象候補)."""

from app.candidates.models.candidate import (
    Candidate,
    CandidateMinistry,
    CandidateMove,
    CandidateSection,
)
from app.candidates.models.evidence import (
    CandidateCase,
    CandidateExemption,
    CandidateRegisterEntry,
)
from app.candidates.models.progress import CandidateMilestone, ProgressReport

__all__ = [
    "Candidate",
    "CandidateCase",
    "CandidateExemption",
    "CandidateMilestone",
    "CandidateMinistry",
    "CandidateMove",
    "CandidateRegisterEntry",
    "CandidateSection",
    "ProgressReport",
]
