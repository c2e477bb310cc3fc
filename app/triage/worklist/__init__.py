"""Whose move it is (自分の仕事): the piles of a person, their filters, and who works on what."""

from app.triage.models import Pile
from app.triage.worklist.items import (
    Waiting,
    WorkItem,
    my_work,
    opened,
    resubmissions_of_others,
    waiting_work,
)

__all__ = [
    "Pile",
    "Waiting",
    "WorkItem",
    "my_work",
    "opened",
    "resubmissions_of_others",
    "waiting_work",
]
