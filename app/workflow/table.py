"""The whole life of a case, one row an arrow (状態遷移表). The only place where it is written.

The table says *when* a trigger is possible; who may pull it is said by the policies.
"""

from enum import StrEnum
from typing import NamedTuple

from app.workflow.states import Action as A
from app.workflow.states import FollowUp
from app.workflow.states import State as S


class Target(StrEnum):
    """Targets that depend on the case: the category that the command names."""

    CATEGORY = "category"


class Row(NamedTuple):
    """One arrow, or several that differ in their source only."""

    action: A
    sources: tuple[S, ...]
    target: S | Target


BEFORE_CLASSIFICATION = (
    S.SUBMITTED,
    S.RETURNED,
    S.ACCEPTED,
    S.IN_REVIEW,
    S.IN_CONFIRMATION,
    S.PENDING,
)

# ASSESS has two arrows: the opinion waits for the second person, or, where the round asks for one
# reviewer only and where the lead decides after a second dispute, it leads straight to a category.
TABLE = (
    Row(A.SUBMIT, (S.DRAFT, S.RETURNED), S.SUBMITTED),
    Row(A.WITHDRAW, BEFORE_CLASSIFICATION, S.WITHDRAWN),
    Row(A.RETURN_FOR_CORRECTION, (S.SUBMITTED, S.IN_REVIEW), S.RETURNED),
    Row(A.ACCEPT, (S.SUBMITTED,), S.ACCEPTED),
    Row(A.ASSIGN, (S.ACCEPTED, S.IN_REVIEW, S.IN_CONFIRMATION), S.IN_REVIEW),
    Row(A.ASSESS, (S.IN_REVIEW,), S.IN_CONFIRMATION),
    Row(A.ASSESS, (S.IN_REVIEW,), Target.CATEGORY),
    Row(A.CONFIRM, (S.IN_CONFIRMATION,), Target.CATEGORY),
    Row(A.DISPUTE, (S.IN_CONFIRMATION,), S.IN_REVIEW),
    Row(A.HOLD, (S.IN_REVIEW, S.IN_CONFIRMATION), S.PENDING),
    Row(A.RESUME, (S.PENDING,), S.IN_REVIEW),
    Row(A.REOPEN, (S.CLOSED,), Target.CATEGORY),
)

# Arrows out of a classified state, given by the follow-up kind of its category.
_SETTLED = (
    Row(A.RECLASSIFY, (S.CLASSIFIED,), S.IN_REVIEW),
    Row(A.CLOSE, (S.CLASSIFIED,), S.CLOSED),
)
FOLLOW_UP_TABLE: dict[FollowUp, tuple[Row, ...]] = dict.fromkeys(FollowUp, _SETTLED)
