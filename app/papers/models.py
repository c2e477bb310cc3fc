"""Meeting papers as they were made (会議資料の版)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base
from app.rounds.models import Round

LONGEST_TITLE = 200  # characters


class Paper(Base):
    """One version of the meeting paper of a round (会議資料の版).

    Database triggers refuse update and delete: both files are drawn from what is kept here, and a
    file that was handed out can be made again. `made_by_id` None: by the command.
    """

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # See `stored`: what the pages say, the tables row by row, the figures, the identities.
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sheets: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    made_by: Mapped[User | None] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )
