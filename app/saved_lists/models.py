"""Filters of the lists under a name (保存した一覧), and those on the home (ピン留め)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.rounds.models import Round

LONGEST_NAME = 60  # characters


class ListKind(StrEnum):
    """Which list the filters are of (一覧の種類)."""

    CASES = "cases"
    SEARCH = "search"
    HANDOFFS = "handoffs"
    CANDIDATES = "candidates"
    OWN = "own"
    INBOX = "inbox"


class SavedList(Base):
    """A list under a name (保存した一覧): its owner's own, or shared with the people of its body.

    It keeps the filters, not what they find: what it shows is always what the filters find now, for
    the person who looks. `organization_id` is the body whose people it is for: who leaves the body
    leaves the list there (P28).
    """

    __tablename__ = "saved_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ListKind] = mapped_column(stored_enum(ListKind, "kind"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    # None for lists of the round that one looks at, or of all rounds.
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # Filters by their names in the address of the list.
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    owner: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    organization: Mapped[Organization] = relationship()
    round: Mapped[Round | None] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("owner_id", "kind", "round_id", "name"),
        # Where there is no round, the constraint above holds nobody back.
        Index(
            "uq_saved_list_name_without_round",
            "owner_id",
            "kind",
            "name",
            unique=True,
            sqlite_where=text("round_id IS NULL"),
            postgresql_where=text("round_id IS NULL"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}


class PinnedList(Base):
    """A saved list that a person keeps on the home (ピン留め), with its place there."""

    __tablename__ = "pinned_list"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(
        ForeignKey("saved_list.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
