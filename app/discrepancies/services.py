"""Explaining a discrepancy (食い違いの説明)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import count_characters
from app.discrepancies.cases.overview import get_case_standing
from app.discrepancies.explained import Explained
from app.discrepancies.models import (
    LONGEST_EXPLANATION,
    SHORTEST_EXPLANATION,
    DiscrepancyExplanation,
)
from app.discrepancies.policy import authorize_explain
from app.discrepancies.queries import lock_round
from app.discrepancies.standing import get_standing
from app.extensions import db
from app.rounds.models import Round
from app.rounds.queries import get_round

CHANGED = (
    "画面を開いてから、数が変わったか、ほかの人が先に説明を書きました。"
    "今の数と説明を確かめてから、必要ならもう一度書いてください。"
)


@dataclass(frozen=True, kw_only=True)
class ExplainDiscrepancy:
    """Why it may stand as it is (食い違いの説明); `seen` is what the writer had before the eyes."""

    kind: str
    key: str
    explanation: str
    seen: str


def explain_discrepancy(
    round_: Round, command: ExplainDiscrepancy, *, actor: User
) -> DiscrepancyExplanation:
    """Keep an explanation of the figures of now; earlier ones stay (食い違いの説明).

    Raises NotAllowed, NotFound, InvalidInput, and StaleVersion when the figures changed or another
    explanation came first.
    """
    authorize_explain(actor)
    _check_length(command.explanation)
    lock_round(round_)
    standing = get_standing(round_, command.kind, command.key, actor)
    row = _keep(standing, command, round_.id, actor)
    record(
        "round.explain_discrepancy",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=actor,
        changes={"kind": row.kind, "key": row.key, "explanation_id": row.id},
    )
    return row


def explain_case(
    rounds: Sequence[Round], command: ExplainDiscrepancy, *, actor: User
) -> DiscrepancyExplanation:
    """Keep why a finding about a case may stand (案件の点検の説明), also in its history.

    `rounds` are those the case may be of. Raises NotAllowed, NotFound, InvalidInput, and
    StaleVersion when the finding changed or another explanation came first.
    """
    authorize_explain(actor)
    _check_length(command.explanation)
    standing, cases = get_case_standing(command.kind, command.key, actor, rounds)
    # Read again behind the lock: whoever came first may have explained or mended it.
    lock_round(get_round(cases[0].round_key))
    standing, cases = get_case_standing(command.kind, command.key, actor, rounds)
    row = _keep(standing, command, cases[0].round_id, actor)
    others = {"other_case": cases[1].number} if len(cases) > 1 else {}
    record(
        "proposal.explain_finding",
        Subject(type="proposal", id=cases[0].id, version=cases[0].version),
        actor=actor,
        changes={"kind": row.kind, "explanation_id": row.id, **others},
    )
    return row


def _keep(
    standing: Explained, command: ExplainDiscrepancy, round_id: int, actor: User
) -> DiscrepancyExplanation:
    if standing.figures is None or standing.mark != command.seen:
        raise StaleVersion(CHANGED)
    row = DiscrepancyExplanation(
        round_id=round_id,
        kind=command.kind,
        key=command.key,
        figures=standing.figures_to_keep(),
        explanation=command.explanation,
        explained_by_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _check_length(text: str) -> None:
    length = count_characters(text)
    if length < SHORTEST_EXPLANATION:
        message = f"説明は{SHORTEST_EXPLANATION}文字以上で入力してください（今は{length}文字です）"
        raise InvalidInput({"explanation": [message]})
    if length > LONGEST_EXPLANATION:
        over = length - LONGEST_EXPLANATION
        message = f"説明は{LONGEST_EXPLANATION}文字以内で入力してください（{over}文字超えています）"
        raise InvalidInput({"explanation": [message]})
