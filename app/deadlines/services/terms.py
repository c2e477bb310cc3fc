"""Reckoning the running periods of a round anew after its terms changed (日数の変更の反映)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.deadlines.models import ChangeKind
from app.deadlines.moves import Move, moves_by_terms
from app.deadlines.services.moving import Ground, carry_out, lock_cases
from app.rounds.models import Round
from app.rounds.policy import authorize_manage


@dataclass(frozen=True, kw_only=True)
class Recount:
    """Give running periods the terms of today (進行中の期限の数え直し), with a reason.

    `agreed` is the print of the list of moved dates that was shown before.
    """

    reason: str
    agreed: str


def rehearse_recount(round_: Round, *, actor: User) -> list[Move]:
    """Which dates the present terms would move (数え直す前の確認). Raises NotAllowed."""
    authorize_manage(actor)
    return moves_by_terms(round_, {row.term: row.office_days for row in round_.terms})


def recount(round_: Round, command: Recount, *, actor: User) -> int:
    """Reckon the running periods anew (進行中の期限の数え直し); return how many moved.

    What is overdue keeps its date, a term that was stopped its length. Raises NotAllowed,
    InvalidInput, StaleVersion when other dates would move than were shown.
    """
    moves = rehearse_recount(round_, actor=actor)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["数え直す理由を入力してください"]})
    lock_cases(moves, command.agreed)
    carry_out(moves, Ground(kind=ChangeKind.RULE, reason=command.reason, decided_by=actor))
    record(
        "round.recount_deadlines",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=actor,
        reason=command.reason,
        changes={"moved": len(moves)},
    )
    return len(moves)
