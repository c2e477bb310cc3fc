"""A short list of candidates for the tests (試験用の対象候補)."""

from app.candidates.models import Candidate
from app.candidates.services.course import MoveCandidate, move
from app.candidates.services.write import WriteCandidate, add_candidate
from app.core import clock
from app.workflow.candidates import CandidateOrigin, CandidateState
from tests.factories import World

WAY = (
    CandidateState.SELECTED,
    CandidateState.STUDYING,
    CandidateState.PLAN_DRAFTED,
    CandidateState.CONSULTED,
    CandidateState.AGREED,
)


def add(world: World, system: str = "入札参加資格審査システム", **changes: object) -> Candidate:
    """Put a candidate of 厚生労働省 into the list of the round."""
    values: dict[str, object] = {
        "system": system,
        "ministries": "厚生労働省",
        "section_code": "Ⅰ",
        "section_title": "行政手法の改革",
        "origin": CandidateOrigin.CALL,
    }
    command = WriteCandidate(**{**values, **changes})  # type: ignore[arg-type]  # any field
    return add_candidate(world.round, command, actor=world["lead"])


def go_to(world: World, candidate: Candidate, target: CandidateState) -> None:
    """Move a candidate on, state by state, until it is there."""
    while candidate.state is not target:
        ahead = WAY[0] if candidate.state not in WAY else WAY[WAY.index(candidate.state) + 1]
        step(world, candidate, ahead)


def step(world: World, candidate: Candidate, target: CandidateState) -> None:
    """Move a candidate by one step, decided today."""
    command = MoveCandidate(
        version=candidate.version, target=target, decided_on=clock.today(), reason="協議会で決定"
    )
    move(candidate, command, actor=world["lead"])
