"""Files that go with a hand-off (送付する資料): of the case, or added by the secretariat."""

from collections.abc import Iterable, Sequence

from app.accounts.models import User
from app.files.services import Received, keep
from app.handoffs.models import Handoff, HandoffFile
from app.proposals.attachment_queries import readable_attachments
from app.proposals.models import Proposal

# Files the secretariat adds to one hand-off, beside those of the case.
OWN_FILES = 10


def of_case(attachment_ids: Iterable[int]) -> list[HandoffFile]:
    """Files of the case that go along (送付する提案の添付)."""
    return [HandoffFile(attachment_id=number) for number in attachment_ids]


def keep_files(files: Sequence[Received], actor: User) -> list[HandoffFile]:
    """Files the secretariat adds (事務局が付ける資料). Raises StorageFailure."""
    return [HandoffFile(stored_file=keep(row, actor=actor)) for row in files]


def own_files_of(handoff: Handoff, kept: Sequence[int]) -> list[HandoffFile]:
    """The same files again for another hand-off (付けた資料の引継ぎ): those of `kept` ids."""
    return [
        HandoffFile(stored_file_id=row.stored_file_id)
        for row in handoff.files
        if row.stored_file_id is not None and row.id in kept
    ]


def own_file_errors(count: int) -> dict[str, list[str]]:
    """What is wrong with the number of added files (付ける資料の数), by field."""
    if count <= OWN_FILES:
        return {}
    return {"files": [f"事務局が付ける資料は、合わせて{OWN_FILES}個までです"]}


def digests_of(handoff: Handoff) -> dict[str, list[str]]:
    """Digests of the files the secretariat added, for the trail (監査)."""
    own = [row.stored_file.sha256 for row in handoff.files if row.stored_file is not None]
    return {"sha256": own} if own else {}


def file_errors(
    proposal: Proposal, attachment_ids: Iterable[int], actor: User
) -> dict[str, list[str]]:
    """What is wrong with the files chosen from a case (送付する資料), by field."""
    now, _ = readable_attachments(actor, proposal)
    if set(attachment_ids) <= {row.id for row in now}:
        return {}
    return {"attachment_ids": ["送付する資料は、この提案の今の添付から選んでください"]}
