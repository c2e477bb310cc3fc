"""How an opinion rates a case by the rubric of the round (評価)."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class AssessmentRating(Base):
    """Level of one criterion (評価); none means 判断しない, which counts nowhere."""

    __tablename__ = "assessment_rating"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[int | None]

    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"),)
