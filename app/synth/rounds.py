"""The years of made-up rounds (合成の募集回): one a year, the last one still running."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import Role, User, UserRole
from app.core import clock
from app.core.eras import format_year
from app.core.errors import DomainError
from app.extensions import db
from app.rounds.models import Round, Scheme
from app.rounds.services import NewRound, create_round
from app.synth.patterns import Pattern

# A round is moved by whole weeks, so that an office day stays one, holidays aside.
WEEKS_OF_YEAR = 52
SPREAD_WEEKS = 8  # over which the cases of a past round begin
AHEAD = timedelta(days=15)  # from the opening to the first case that a pattern begins with
BEFORE_OPENING = timedelta(days=30)
OPEN_FOR = timedelta(days=110)
MOST_ROUNDS = 30
NAME = "共通化すべき業務システムの対象候補の提案募集（合成）"


class RoundExists(DomainError):
    """A made-up round is there already (合成の募集回がある)."""


class MadeUpRound(NamedTuple):
    """A round and by how much its year lies behind the last one (合成の募集回)."""

    id: int
    key: str
    opens_at: datetime
    years_ago: int


def check_no_rounds(count: int) -> None:
    """Refuse when one of the rounds is there (募集回の重なり). Raises RoundExists."""
    keys = [key_of(clock.today().year - years) for years in range(count)]
    taken = sorted(db.session.scalars(select(Round.key).where(Round.key.in_(keys))))
    if taken:
        raise RoundExists(
            f"募集回 {'、'.join(taken)} が既にあります。途中で止まった合成の続きは作れません。"
            "作った分だけで使うか、別のデータベースに初めから作ってください。"
        )


def key_of(year: int) -> str:
    """Key of the made-up round of a year (記号): S26 in 2026."""
    return f"S{year % 100:02}"


def add_rounds(count: int, patterns: Sequence[Pattern]) -> list[MadeUpRound]:
    """Create the rounds, oldest first (募集回の登録), each some weeks before its first case."""
    present = running(patterns)
    begins_at = min(pattern.begins_at for pattern in present)
    scheme = db.session.scalars(select(Scheme).order_by(Scheme.id).limit(1)).one()
    actor = db.session.scalars(
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.ADMIN)
        .order_by(User.id)
        .limit(1)
    ).one()
    return [
        _add(scheme, actor, years, begins_at - timedelta(weeks=WEEKS_OF_YEAR * years))
        for years in reversed(range(count))
    ]


def running(patterns: Sequence[Pattern]) -> list[Pattern]:
    """The patterns that can stand in a round of today (進行中の手本): of the latest round."""
    latest = max(pattern.cases[0]["round_id"] for pattern in patterns)
    return [pattern for pattern in patterns if pattern.cases[0]["round_id"] == latest]


def _add(scheme: Scheme, actor: User, years_ago: int, begins_at: datetime) -> MadeUpRound:
    local = clock.to_jst(begins_at - AHEAD)
    opens_at = clock.jst(local.year, local.month, local.day)
    year = clock.today().year - years_ago
    command = NewRound(
        key=key_of(year),
        label=f"{format_year(clock.today().replace(year=year, day=1))}（合成）",
        name=NAME,
        opens_at=opens_at,
        closes_at=opens_at + OPEN_FOR - timedelta(seconds=1),
    )
    with clock.at(opens_at - BEFORE_OPENING):
        round_ = create_round(scheme, command, actor=actor)
    return MadeUpRound(round_.id, round_.key, opens_at, years_ago)
