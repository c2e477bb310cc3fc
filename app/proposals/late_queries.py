"""Finding late submissions and their codes (期限後の提出・期限後提出コードの検索)."""

from sqlalchemy import Select, select

from app.accounts.models import User
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import LateAccessCode, LateSubmission, Proposal
from app.proposals.queries import has_conflict

LATE_NOT_FOUND = "この申出は見つかりません。期限後の提出の一覧から開いてください。"
CODE_NOT_FOUND = "このコードは見つかりません。期限後提出コードの一覧から選んでください。"


def waiting_late_submission(proposal: Proposal) -> LateSubmission | None:
    """Return the late submission of this draft that waits for a lead (期限後の提出)."""
    return db.session.scalars(
        select(LateSubmission).where(
            LateSubmission.proposal_id == proposal.id, LateSubmission.decision.is_(None)
        )
    ).one_or_none()


def late_submissions_of(proposal: Proposal) -> list[LateSubmission]:
    """Every late submission of a proposal, oldest first."""
    return list(
        db.session.scalars(
            select(LateSubmission)
            .where(LateSubmission.proposal_id == proposal.id)
            .order_by(LateSubmission.id)
        )
    )


def late_submissions_for(actor: User) -> Select[LateSubmission]:
    """Late submissions an actor of the secretariat may judge (利益相反を除く), in no order yet."""
    return select(LateSubmission).join(LateSubmission.proposal).where(~has_conflict(actor.id))


def get_late_submission(actor: User, late_id: int) -> LateSubmission:
    """Return the late submission with this id (期限後の提出). Raises NotFound."""
    statement = late_submissions_for(actor).where(LateSubmission.id == late_id)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(LATE_NOT_FOUND)
    note_read("proposal", found.proposal_id)
    return found


def access_codes() -> Select[LateAccessCode]:
    """Codes for late submissions, newest first (期限後提出コードの一覧)."""
    return select(LateAccessCode).order_by(LateAccessCode.id.desc())


def get_access_code(code_id: int) -> LateAccessCode:
    """Return the code with this id (期限後提出コード). Raises NotFound."""
    found = db.session.get(LateAccessCode, code_id)
    if found is None:
        raise NotFound(CODE_NOT_FOUND)
    return found
