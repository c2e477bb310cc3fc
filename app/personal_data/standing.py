"""Where a disposal list stands (廃棄の一覧の状況), read off its dates."""

from enum import StrEnum

from app.personal_data.models import DisposalList


class ListStage(StrEnum):
    """Where a list stands (状況)."""

    PROPOSED = "proposed"
    REQUESTED = "requested"
    APPROVED = "approved"
    FINISHED = "finished"


def stage_of(disposal: DisposalList) -> ListStage:
    """Stage of a list (状況)."""
    if disposal.finished_at is not None:
        return ListStage.FINISHED
    if disposal.approved_at is not None:
        return ListStage.APPROVED
    return ListStage.REQUESTED if disposal.requested_at is not None else ListStage.PROPOSED
