"""Explaining a discrepancy (食い違いの説明)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import count_characters
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
    if standing.finding is None or standing.mark != command.seen:
        raise StaleVersion(CHANGED)
    row = DiscrepancyExplanation(
        round_id=round_.id,
        kind=command.kind,
        key=command.key,
        figures=standing.finding.figures_to_keep(),
        explanation=command.explanation,
        explained_by_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    record(
        "round.explain_discrepancy",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=actor,
        changes={"kind": row.kind, "key": row.key, "explanation_id": row.id},
    )
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
