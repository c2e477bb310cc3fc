"""Explanations of what does not agree (食い違いの説明): who said why, and of which figures."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base

SHORTEST_EXPLANATION = 20  # characters
LONGEST_EXPLANATION = 1000  # characters


class DiscrepancyExplanation(Base):
    """Why two figures of a round may differ, or are the same (食い違いの説明).

    Written once and never changed: a later one stands in front, the earlier ones stay readable.
    `kind` and `key` name the finding. They are plain words and not an enum of the database: an
    explanation outlives the check that asked for it.
    """

    __tablename__ = "discrepancy_explanation"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(32))
    # Label and words of each figure as they stood then, in their order.
    figures: Mapped[list[list[str]]] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text)
    explained_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    explained_by: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    @property
    def figures_in_words(self) -> str:
        """The figures it is about (説明した数): 「9件と14行」."""
        return "と".join(words for _label, words in self.figures)
