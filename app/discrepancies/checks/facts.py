"""The data of a round that the checks read (確認に使うデータ)."""

from app.candidates.queries import all_candidates_of
from app.reports.cases import RoundCases, round_cases
from app.reports.counting import NOW
from app.reports.queries import state_counts
from app.rounds.models import Category, Round


class Facts:
    """A round with its candidates, and its cases at the first use (募集回のデータ)."""

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self.candidates = all_candidates_of(round_)
        self._cases: RoundCases | None = None

    @property
    def cases(self) -> RoundCases:
        """All cases as received (受付どおり), as the meeting paper counts."""
        self._cases = self._cases or round_cases(self.round, None, NOW)
        return self._cases

    def settled_count(self, categories: list[Category]) -> int:
        """Proposals in these categories (件数); 0 as long as any proposal is on the desk.

        Until then the counts move with every confirmation, and an explanation would not last.
        """
        counts = state_counts(self.cases)
        if counts.undecided:
            return 0
        return sum(counts.by_category.get(category.id, 0) for category in categories)
