"""Access codes for late submissions (期限後提出コード)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.core import clock
from app.extensions import ALWAYS_THERE, Base
from app.rounds.models import Round


class LateAccessCode(Base):
    """Leave to submit after the end without a decision each time (期限後提出コード).

    Good for one body in one round, for `uses_allowed` proposals, up to and on `expires_on` (JST).
    The code stands in clear: only a signed-in manager of that very body can use it.
    """

    __tablename__ = "late_access_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    uses_allowed: Mapped[int]
    expires_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    issued_by: Mapped[User] = relationship(foreign_keys=issued_by_id)

    __table_args__ = (
        CheckConstraint("uses_allowed > 0", name="uses_allowed"),
        Index("ix_late_access_code_round_id_organization_id", "round_id", "organization_id"),
    )

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over (有効期限切れ)."""
        return clock.today() > self.expires_on
