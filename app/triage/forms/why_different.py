"""Field for the reason why a case goes another way than before (前の回と違う理由)."""

from collections.abc import Sequence

from app.triage.earlier import Treatment, of_round_before, treatments_in_words

WHY_DIFFERENT = "前の回と違う理由"


def why_different_label(earlier: Sequence[Treatment]) -> str:
    """Label of the field with the numbers and classes of the round before (前の回)."""
    if not earlier:
        return WHY_DIFFERENT
    return f"{WHY_DIFFERENT}（前の回の{treatments_in_words(of_round_before(earlier))}）"
