"""How a finding stands with what was said of it (説明の状況): waiting, explained, or gone."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.discrepancies.findings import Figure
from app.discrepancies.models import DiscrepancyExplanation


@dataclass(frozen=True, kw_only=True)
class Explained(ABC):
    """Explanations of a finding, the newest first (説明).

    `figures` is None while nothing is found: what was said stays readable.
    """

    explanations: Sequence[DiscrepancyExplanation]

    @property
    @abstractmethod
    def figures(self) -> tuple[Figure, ...] | None:
        """What is found now (今の数)."""

    @property
    def latest(self) -> DiscrepancyExplanation | None:
        """The explanation in front (今の説明), of whatever figures."""
        return self.explanations[0] if self.explanations else None

    def figures_to_keep(self) -> list[list[str]]:
        """The figures as an explanation keeps them (説明した数)."""
        return [[figure.label, figure.words] for figure in self.figures or ()]

    @property
    def mark(self) -> str:
        """What a reader has before the eyes (見えているもの): figures and latest explanation."""
        said = "|".join(f"{label}={words}" for label, words in self.figures_to_keep())
        return f"{self.latest.id if self.latest else 0}:{sha256(said.encode()).hexdigest()[:16]}"

    @property
    def is_explained(self) -> bool:
        """Whether the newest explanation is about the figures of now (説明済み)."""
        if self.figures is None or self.latest is None:
            return False
        # Only what is counted: another word for it asks for no new explanation.
        said = [words for _label, words in self.latest.figures]
        return said == [figure.words for figure in self.figures]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to explain it (説明待ち)."""
        return self.figures is not None and not self.is_explained
