"""What strangers see before they sign in (募集の案内、公表)."""

from dataclasses import dataclass

from app.core.eras import format_datetime
from app.extensions import db
from app.rounds.models import Round
from app.rounds.queries import list_rounds


@dataclass(frozen=True, kw_only=True)
class FrontRound:
    """The round as strangers see it (募集の案内)."""

    label: str
    period: str


def published_rounds() -> list[Round]:
    """Rounds whose statistics are published (公表済みの募集回)."""
    return list(db.session.scalars(list_rounds().where(Round.statistics_published_at.is_not(None))))


def front_round(round_: Round | None) -> FrontRound | None:
    """Say when the current round is or was (募集の案内)."""
    if round_ is None:
        return None
    period = f"{format_datetime(round_.opens_at)}から{format_datetime(round_.closes_at)}まで"
    return FrontRound(label=round_.label, period=period)
