"""Schemes and their categories (分類体系・分類)."""

from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base, stored_enum
from app.workflow.states import CategoryView, FollowUp, SchemeView


class Scheme(Base):
    """Set of categories of a round (分類体系); its version grows with every category added."""

    __tablename__ = "scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column()

    categories: Mapped[list["Category"]] = relationship(
        back_populates="scheme", order_by="Category.position", lazy="selectin"
    )

    def view(self) -> SchemeView:
        """What the state machine needs to know of this scheme."""
        return SchemeView(
            key=self.key,
            version=self.version,
            categories=tuple(
                CategoryView(key=category.key, follow_up=category.follow_up)
                for category in self.categories
            ),
        )


class Category(Base):
    """Row of a scheme (分類): a state of the case, with its response policy (対応方針)."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    code: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(16))
    group_code: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(200))
    short_label: Mapped[str] = mapped_column(String(40))
    response_policy: Mapped[str] = mapped_column(Text)
    follow_up: Mapped[FollowUp] = mapped_column(stored_enum(FollowUp, "follow_up"))
    # Whether an opinion must cite a row of a register (台帳の根拠): A–D and F-1 in 令和6年.
    is_evidence_required: Mapped[bool]
    position: Mapped[int]
    available_from: Mapped[date]

    scheme: Mapped[Scheme] = relationship(back_populates="categories")

    __table_args__ = (
        UniqueConstraint("scheme_id", "key"),
        UniqueConstraint("scheme_id", "code"),
        UniqueConstraint("scheme_id", "position"),
    )
