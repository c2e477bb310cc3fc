"""Earlier cases an opinion goes another way than (前の回との違い)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import ALWAYS_THERE, Base
from app.proposals.models import Proposal
from app.rounds.models import Category


class AssessmentDeparture(Base):
    """Case of an earlier round an opinion departs from, with its class at that time (前の回の扱い).

    The reason stands once, in the opinion (`why_different`), however many cases it is about.
    """

    __tablename__ = "assessment_departure"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))

    proposal: Mapped[Proposal] = relationship()
    category: Mapped[Category] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
