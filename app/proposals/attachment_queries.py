"""Finding attachments (添付の検索): which files of a case a reader may have."""

from sqlalchemy import select

from app.accounts.models import Role, User
from app.core.errors import NotFound
from app.extensions import db
from app.files.models import StoredFile
from app.proposals.late_queries import late_submissions_for, waiting_late_submission
from app.proposals.models import Attachment, LateSubmission, Proposal
from app.proposals.policy import is_own
from app.proposals.queries import BODY_ROLES, proposals_visible_to, revisions_of

FILE_NOT_FOUND = "このファイルは見つかりません。提案の画面から開いてください。"


def current_attachments(proposal: Proposal) -> list[Attachment]:
    """Files that belong to the proposal now (現在の添付), in their order."""
    now = [row for row in proposal.attachments if row.removed_at is None]
    return sorted(now, key=lambda row: (row.position, row.id))


def submitted_attachments(proposal: Proposal) -> list[list[Attachment]]:
    """Files of every submission (提出した添付), the first submission first."""
    by_id = {row.id: row for row in proposal.attachments}
    return [
        [by_id[file["attachment_id"]] for file in revision.files]
        for revision in revisions_of(proposal)
    ]


def readable_attachments(
    reader: User, proposal: Proposal
) -> tuple[list[Attachment], list[Attachment]]:
    """Files a reader may have: those that count now, and earlier ones (添付の一覧).

    The bodies read what belongs to the proposal now, its own one also what was there before; the
    secretariat what was submitted, so that a file of a draft stays with its body until then.
    """
    if reader.has_role(*BODY_ROLES):
        now = current_attachments(proposal)
        if not is_own(reader, proposal):
            return now, []
        return now, [row for row in proposal.attachments if row not in now]
    submitted = submitted_attachments(proposal)
    now = submitted[-1] if submitted else []
    earlier = {row.id: row for rows in submitted for row in rows if row not in now}
    return now, list(earlier.values())


def files_to_judge(late: LateSubmission) -> list[Attachment]:
    """Files the lead reads with a late submission (期限後の提出の添付): as they were handed in.

    Until the decision nothing can change; a refused draft is its body's alone again.
    """
    proposal = late.proposal
    if late.decision is None:
        return current_attachments(proposal)
    submitted = submitted_attachments(proposal)
    return submitted[-1] if submitted else []


def get_readable(actor: User, public_id: str) -> Attachment:
    """Return the attachment whose file has this opaque id (添付の閲覧).

    Raises NotFound alike for what does not exist and what the actor may not have.
    """
    # An address may hold what a database refuses to compare with, NUL above all.
    found = _by_public_id(public_id) if public_id.isprintable() else None
    if found is None or not _may_read(actor, found):
        raise NotFound(FILE_NOT_FOUND)
    return found


def _by_public_id(public_id: str) -> Attachment | None:
    return db.session.scalars(
        select(Attachment).join(Attachment.file).where(StoredFile.public_id == public_id)
    ).one_or_none()


def _may_read(actor: User, attachment: Attachment) -> bool:
    proposal = attachment.proposal
    visible = proposals_visible_to(actor).where(Proposal.id == proposal.id)
    if db.session.scalars(visible).one_or_none() is not None:
        return any(attachment in rows for rows in readable_attachments(actor, proposal))
    return attachment.removed_at is None and _decides_on(actor, proposal)


def _decides_on(actor: User, proposal: Proposal) -> bool:
    """Whether the actor judges a late submission of this draft (期限後の提出の可否)."""
    late = waiting_late_submission(proposal) if actor.has_role(Role.LEAD) else None
    if late is None:
        return False
    judged = late_submissions_for(actor).subquery()
    return db.session.scalar(select(judged.c.id).where(judged.c.id == late.id)) is not None
