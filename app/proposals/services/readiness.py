"""What a body has still to settle inside and with its partners before it submits (提出の条件)."""

from app.core.errors import InvalidInput
from app.files.models import Verdict
from app.proposals.attachment_queries import current_attachments
from app.proposals.fingerprint import fingerprint_of
from app.proposals.models import ApprovalRequest, Proposal
from app.proposals.sharing.approvals import approved_requests_of, waiting_approval
from app.proposals.sharing.partners import waiting_partners_of

# Names under which an obstacle is reported: none of them is a field of the form.
PARTNERS, APPROVAL, ATTACHMENTS = OBSTACLES = ("partners", "approval", "attachments")
STOPPED = (Verdict.INFECTED, Verdict.FAILED)
STOPPED_FILE = (
    "添付「{name}」は、ウイルス検査を通りませんでした。外すか、別のファイルに差し替えてください。"
)
APPROVAL_WAITING = "決裁を待っています。決裁が済むまで提出できません。"
APPROVAL_MISSING = (
    "今の内容の決裁が済んでいません。決裁を求めてください。決裁の後に内容を変えたときは、"
    "もう一度決裁が必要です。"
)


def obstacles_of(proposal: Proposal) -> dict[str, list[str]]:
    """What keeps a complete proposal from going out (提出の支障): files, partners, approval."""
    found: dict[str, list[str]] = {}
    stopped = [
        row.file.name for row in current_attachments(proposal) if row.file.verdict in STOPPED
    ]
    if stopped:
        # One that still waits may be submitted: whoever is slow, it is not the body.
        found[ATTACHMENTS] = [STOPPED_FILE.format(name=name) for name in stopped]
    waiting = waiting_partners_of(proposal)
    if waiting:
        names = "、".join(row.organization.name for row in waiting)
        found[PARTNERS] = [
            f"{names}が、共同提案の依頼にまだ答えていません。"
            "回答を待つか、共同提案団体から外してください。"
        ]
    # A request made before the body stopped signing off still waits for its word.
    if waiting_approval(proposal) is not None:
        found[APPROVAL] = [APPROVAL_WAITING]
    elif proposal.organization.requires_approval and approval_now(proposal) is None:
        found[APPROVAL] = [APPROVAL_MISSING]
    return found


def check_ready(proposal: Proposal) -> None:
    """Refuse a submission while a partner or the approval is outstanding. Raises InvalidInput."""
    found = obstacles_of(proposal)
    if found:
        raise InvalidInput(found)


def approval_now(proposal: Proposal) -> ApprovalRequest | None:
    """Return the approval of exactly the present text (今の内容の決裁), None when there is none."""
    approved = approved_requests_of(proposal)
    if not approved:
        return None
    present = fingerprint_of(proposal)
    return next((row for row in approved if row.content_hash == present), None)
