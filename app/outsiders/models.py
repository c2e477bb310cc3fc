"""Monthly reports of what outsiders did (部外者の活動報告)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base


class OutsiderReport(Base):
    """What one outsider did in one month (活動報告), as the trail and the readings say.

    Made once, after the month is over; `month` is its first day. The counts are of the trail but
    for `pages` and `cases`, which are of the readings (閲覧の記録).
    """

    __tablename__ = "outsider_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    outsider_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    month: Mapped[date]
    # Who watched over it when the report was made (監督者).
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    contract_number: Mapped[str] = mapped_column(String(100))
    sign_ins: Mapped[int]
    # Pages in spells of ten minutes: the same one opened again within them counts once.
    pages: Mapped[int]
    cases: Mapped[int]
    refusals: Mapped[int]
    made_at: Mapped[datetime]

    outsider: Mapped[User] = relationship(foreign_keys=outsider_id)

    __table_args__ = (UniqueConstraint("outsider_id", "month"),)
