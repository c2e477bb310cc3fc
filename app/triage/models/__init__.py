"""Assignments, opinions with their evidence and decisions, marks of the form check (仕分け)."""

from app.triage.models.assessment import (
    Assessment,
    AssessmentDecision,
    AssessmentEvidence,
    AssessmentStatus,
    DecisionKind,
)
from app.triage.models.assignment import Assignment
from app.triage.models.form_check import CheckVerdict, FormCheckMark

__all__ = [
    "Assessment",
    "AssessmentDecision",
    "AssessmentEvidence",
    "AssessmentStatus",
    "Assignment",
    "CheckVerdict",
    "DecisionKind",
    "FormCheckMark",
]
