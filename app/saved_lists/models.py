"""Filters of the case list under a name (保存した一覧)."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base
from app.rounds.models import Round

LONGEST_NAME = 60  # characters


class SavedList(Base):
    """A list of cases of a round (保存した一覧): its owner's own, or shared with the secretariat.

    It keeps the filters, not the cases: what it shows is always what the filters find now, for the
    person who looks.
    """

    __tablename__ = "saved_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # Filters and order by their names in the address of the case list.
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("owner_id", "round_id", "name"),)
    __mapper_args__ = {"version_id_col": version}
