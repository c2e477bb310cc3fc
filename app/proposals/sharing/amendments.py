"""Finding amendments of submitted cases (変更の申出の検索)."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Amendment, Proposal
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import is_of_body, visible_to
from app.rounds.models import Round

NOT_FOUND = "この変更の申出は見つかりません。案件の画面から開いてください。"


@once_a_page
def amendments_of(proposal: Proposal) -> list[Amendment]:
    """Every amendment of a case, oldest first (変更の申出の履歴)."""
    return list(
        db.session.scalars(
            select(Amendment)
            .where(Amendment.proposal_id == proposal.id)
            .options(joinedload(Amendment.requested_by), joinedload(Amendment.decided_by))
            .order_by(Amendment.id)
        )
    )


def waiting_amendment(proposal: Proposal) -> Amendment | None:
    """Return the amendment that waits for a decision (決定待ちの変更の申出)."""
    return db.session.scalars(
        select(Amendment).where(Amendment.proposal_id == proposal.id, Amendment.decision.is_(None))
    ).one_or_none()


def waiting_amendments(actor: User, round_: Round) -> list[Amendment]:
    """Amendments of a round that wait for the office, the oldest first (変更の申出の一覧)."""
    return list(
        db.session.scalars(
            select(Amendment)
            .join(Amendment.proposal)
            .where(visible_to(actor), Proposal.round_id == round_.id, Amendment.decision.is_(None))
            .options(joinedload(Amendment.proposal))
            .order_by(Amendment.requested_at, Amendment.id)
        )
    )


def get_amendment(actor: User, amendment_id: int) -> Amendment:
    """Return an amendment to its own body or to the office. Raises NotFound for anybody else."""
    found = db.session.scalars(_readable(actor).where(Amendment.id == amendment_id)).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.proposal_id)
    return found


def _readable(actor: User) -> Select[Amendment]:
    found = select(Amendment).join(Amendment.proposal).where(visible_to(actor))
    # A partner reads the proposal, not what its body asks of the office.
    return found if reads_as_secretariat(actor) else found.where(is_of_body(actor))
