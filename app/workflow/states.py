"""States and triggers of a case (状態・操作), and what follows a category (後続対応)."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """State of a case (案件の状態). CLASSIFIED is the parent of one state per category."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    IN_CONFIRMATION = "in_confirmation"
    PENDING = "pending"
    CLASSIFIED = "classified"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    # Gone into another case (統合): no trigger leads here or away, only app/lineage does.
    MERGED = "merged"


class Action(StrEnum):
    """Trigger that moves a case along one arrow (操作)."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN_FOR_CORRECTION = "return_for_correction"
    ACCEPT = "accept"
    ASSIGN = "assign"
    ASSESS = "assess"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    HOLD = "hold"
    RESUME = "resume"
    RECLASSIFY = "reclassify"
    CLOSE = "close"
    REOPEN = "reopen"


class FollowUp(StrEnum):
    """What follows once a case stands in a category (後続対応の種類)."""

    INFORM = "inform"
    OTHER_PROCESS = "other_process"
    HANDOFF = "handoff"
    TRIGGER = "trigger"
    REVISIT = "revisit"
    CANDIDATE = "candidate"
    REFERENCE = "reference"


@dataclass(frozen=True, kw_only=True)
class CategoryView:
    """What the machine needs to know of a category (分類): key and follow-up kind."""

    key: str
    follow_up: FollowUp


@dataclass(frozen=True, kw_only=True)
class SchemeView:
    """What the machine needs to know of a scheme (分類体系); equal views share one machine."""

    key: str
    version: int
    categories: tuple[CategoryView, ...]

    @property
    def category_keys(self) -> tuple[str, ...]:
        """Keys of the categories in the order of the scheme."""
        return tuple(category.key for category in self.categories)


# Arrows between states without a category are those of every scheme: none is read for them.
ANY_SCHEME = SchemeView(key="", version=0, categories=())


def state_name(state: State, category: str | None = None) -> str:
    """Name of a state in the machine: `in_review`, or `classified_f5` for a category."""
    if state is State.CLASSIFIED:
        if category is None:
            raise ValueError("a classified case has a category")
        return f"{state.value}_{category}"
    return state.value
