"""Saying why a case goes another way than in the round before (前の回と違う理由)."""

from collections.abc import Sequence

from app.core.text import count_characters, is_blank
from app.extensions import db
from app.triage.earlier import Treatment, treatments_in_words
from app.triage.models import Assessment, AssessmentDeparture

SHORTEST = 10  # characters
LONGEST = 1000


def departure_errors(departed: Sequence[Treatment], why: str) -> list[str]:
    """What is wrong with the reason for departing from earlier classes; nothing to depart from,
    nothing asked.
    """
    if not departed:
        return []
    if is_blank(why) or count_characters(why) < SHORTEST:
        words = treatments_in_words(departed)
        return [
            f"前の回（{words}）と分類が違います。違う理由を{SHORTEST}文字以上で入力してください"
        ]
    over = count_characters(why) - LONGEST
    if over > 0:
        return [
            f"前の回と違う理由は{LONGEST:,}文字以内で入力してください（{over:,}文字超えています）"
        ]
    return []


def departure_changes(departed: Sequence[Treatment]) -> dict[str, list[int]]:
    """What the trail says of it: ids alone, for a reader may not know of the earlier cases."""
    return {"departs_from": [row.proposal.id for row in departed]} if departed else {}


def keep_departures(assessment: Assessment, departed: Sequence[Treatment], why: str) -> None:
    """Keep with an opinion what it departs from and why; a reason nobody asked for is not kept."""
    if not departed:
        return
    assessment.why_different = why
    db.session.add_all(
        AssessmentDeparture(
            assessment_id=assessment.id, proposal_id=row.proposal.id, category_id=row.category.id
        )
        for row in departed
    )
    db.session.flush()
