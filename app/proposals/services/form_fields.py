"""Taking a field out of the form of a round (項目の削除), which only unanswered ones allow."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.core.errors import IllegalTransition
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.rounds.services.form_fields import delete_field


@dataclass(frozen=True, kw_only=True)
class RemoveField:
    """A field goes (項目の削除). `version` is that of the form."""

    version: int


def count_answers(round_: Round, name: str) -> int:
    """Number of proposals of the round, drafts too, that answer an added field (回答の件数)."""
    answers = db.session.scalars(select(Proposal.answers).where(Proposal.round_id == round_.id))
    return sum(bool(row.get(name)) for row in answers)


def remove_field(round_: Round, name: str, command: RemoveField, *, actor: User) -> None:
    """Take an added field that nobody answered out of the form (項目の削除).

    Raises NotAllowed, StaleVersion, NotFound, IllegalTransition.
    """
    delete_field(round_, name, version=command.version, actor=actor)
    # Counted once the round is locked; the rollback of the caller brings the field back.
    found = count_answers(round_, name)
    if found:
        raise IllegalTransition(
            f"下書き{found}件がこの項目に答えているため、外せません。任意の項目にしてください。"
        )
