"""What a report says of its counting and to its reader (注記・照合)."""

from collections.abc import Iterable
from typing import Protocol

from app.reports.counting import CONFLICT_NOTE, Basis, Counting
from app.reports.published import Counted, compare, published_figures
from app.reports.report import Comparison
from app.rounds.models import Round


class Seen(Protocol):
    """What was counted for a reader (集計の対象)."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out for this reader (利益相反)."""


def notes_for(cases: Seen, counting: Counting) -> tuple[str, ...]:
    """How was counted, and that cases may be left out for this reader (注記).

    The second stands whenever a conflict of the reader is in force, with a case of this round or
    not: its presence must not tell of one.
    """
    return counting.notes if cases.is_whole else (*counting.notes, CONFLICT_NOTE)


def comparison_of(
    round_: Round, cases: Seen, counting: Counting, counted: Iterable[Counted]
) -> Comparison | None:
    """Hold the counts against the meeting paper (公表値との照合), where they count the same.

    The paper counts what was received, and all of it.
    """
    if counting.basis is not Basis.RECEIVED or not cases.is_whole:
        return None
    return compare(published_figures(round_), counted)
