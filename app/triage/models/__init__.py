"""Assignments, opinions with their evidence and decisions, marks of the form check (仕分け)."""

from app.triage.models.absence import Absence
from app.triage.models.assessment import (
    Assessment,
    AssessmentDecision,
    AssessmentEvidence,
    AssessmentStatus,
    DecisionKind,
)
from app.triage.models.assignment import Assignment
from app.triage.models.claim import CaseClaim, CaseSkip, OpinionDraft, Pile, Release
from app.triage.models.departure import AssessmentDeparture
from app.triage.models.form_check import CheckVerdict, FormCheckMark
from app.triage.models.label import LabelKind, ProposalLabel, Theme
from app.triage.models.planning import (
    AssignmentDecline,
    AssignmentPlan,
    AssignmentPlanRow,
    AssignmentRule,
    AssignmentRuleSet,
    PlanStage,
    ReviewerProfile,
    ReviewerSkill,
    RuleKind,
    SkillTag,
)
from app.triage.models.rating import AssessmentRating

__all__ = [
    "Absence",
    "Assessment",
    "AssessmentDecision",
    "AssessmentDeparture",
    "AssessmentEvidence",
    "AssessmentRating",
    "AssessmentStatus",
    "Assignment",
    "AssignmentDecline",
    "AssignmentPlan",
    "AssignmentPlanRow",
    "AssignmentRule",
    "AssignmentRuleSet",
    "CaseClaim",
    "CaseSkip",
    "CheckVerdict",
    "DecisionKind",
    "FormCheckMark",
    "LabelKind",
    "OpinionDraft",
    "Pile",
    "PlanStage",
    "ProposalLabel",
    "Release",
    "ReviewerProfile",
    "ReviewerSkill",
    "RuleKind",
    "SkillTag",
    "Theme",
]
