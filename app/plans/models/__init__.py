"""Plans, their sections, submitted versions and comments (共通化推進方針)."""

from app.plans.models.plan import Plan, PlanSection, PlanStatus
from app.plans.models.version import PlanComment, PlanVersion, VersionDecision

__all__ = [
    "Plan",
    "PlanComment",
    "PlanSection",
    "PlanStatus",
    "PlanVersion",
    "VersionDecision",
]
