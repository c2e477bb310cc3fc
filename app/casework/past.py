"""Where cases stood at the end of a past day (時点): for the list and for the page of a case."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from app.accounts.models import User
from app.core.errors import InvalidInput
from app.proposals.models import Proposal
from app.proposals.presentation import StateBadge, reads_as_secretariat
from app.reports.cases import Standing, standings_at
from app.reports.counting import read_time
from app.rounds.models import Round
from app.workflow.labels import STATE_LABELS, STATE_TONES
from app.workflow.states import State


@dataclass(frozen=True, kw_only=True)
class PastStanding:
    """What a case page says of a past day (その日の状態); `problem` where the day is none."""

    as_of: str
    words: str = ""
    problem: str = ""


def standings_on(round_: Round, as_of: str) -> dict[int, Standing]:
    """Where every case of a round stood at the end of a day or at an instant, by id (時点の状態).

    `as_of` as the filters keep it, checked: `2024-09-30` or `2024-09-30T08:00`.
    """
    end = read_time(as_of).end
    return standings_at(round_, end) if end else {}


def stood_so(
    standings: Mapping[int, Standing], states: tuple[State, ...], category_ids: list[int]
) -> ColumnElement[bool]:
    """Condition for the cases that existed on the day and stood so (その日の状態・分類).

    No states and no categories narrow nothing.
    """
    ids = [
        proposal_id
        for proposal_id, found in standings.items()
        if (not states or found.state in states)
        and (not category_ids or found.category_id in category_ids)
    ]
    return Proposal.id.in_(ids)


def badge_of(standing: Standing) -> StateBadge:
    """Badge of a state on a past day (その日の状態)."""
    return StateBadge(STATE_LABELS[standing.state], STATE_TONES[standing.state])


def class_code_of(standing: Standing, round_: Round) -> str:
    """Code of the category on a past day (その日の分類), "" while there was none."""
    codes = {row.id: row.code for row in round_.scheme.categories}
    return codes.get(standing.category_id or 0, "")


def past_standing(proposal: Proposal, reader: User, asked: str) -> PastStanding | None:
    """Say where a case stood at the end of the day an address asks for (時点).

    None for no day, and for a body, to which the inner steps are one word.
    """
    if not asked.strip() or not reads_as_secretariat(reader):
        return None
    try:
        counting = read_time(asked)
    except InvalidInput as error:
        return PastStanding(as_of="", problem=error.message)
    if counting.as_of is None or counting.end is None:
        return None
    standing = standings_at(proposal.round, counting.end, [proposal.id]).get(proposal.id)
    words = f"{counting.as_of_words}（日本時間）には、{_words(proposal, standing)}"
    # The page asks for days alone.
    return PastStanding(as_of=counting.as_of.isoformat(), words=words)


def _words(proposal: Proposal, standing: Standing | None) -> str:
    if standing is None:
        return "まだ提出されていませんでした。"
    code = class_code_of(standing, proposal.round)
    label = STATE_LABELS[standing.state] + (f"（分類{code}）" if code else "")
    return f"「{label}」でした。"
