"""Whose move it is (自分の仕事): the piles of a person, their filters, and who works on what."""

from app.triage.models import Pile
from app.triage.worklist.items import WorkItem, my_work, resubmissions_of_others

__all__ = ["Pile", "WorkItem", "my_work", "resubmissions_of_others"]
