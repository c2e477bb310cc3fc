"""Labels of a case beside its one category (ラベル), and the themes a lead keeps (テーマ)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum


class LabelKind(StrEnum):
    """What a label says (ラベルの種類)."""

    ALSO_MET = "also_met"
    VIEWPOINT = "viewpoint"
    THEME = "theme"


class ProposalLabel(Base):
    """A label of a case (ラベル). It counts in no sum of categories.

    `value` is a question of A–E that was met besides the category, the name of a viewpoint, or a
    theme. The first two come from the opinion that settled the case; themes are put by hand.
    """

    __tablename__ = "proposal_label"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    kind: Mapped[LabelKind] = mapped_column(stored_enum(LabelKind, "kind"))
    value: Mapped[str] = mapped_column(String(40))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    created_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("proposal_id", "kind", "value"),
        Index("ix_proposal_label_kind_value_proposal_id", "kind", "value", "proposal_id"),
    )


class Theme(Base):
    """A theme cases may be given (テーマ). Its name stays: one out of use is switched off."""

    __tablename__ = "theme"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    is_active: Mapped[bool]
