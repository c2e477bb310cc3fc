"""What the form check of a round asks for and words it with (形式確認の確認項目・文例)."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class FormCheckItem(Base):
    """Line of the form check that a person looks at (形式確認の確認項目), as the round wants it.

    `target` is what of the proposal it is about, as returns name it (補正の対象); '' for nothing.
    """

    __tablename__ = "form_check_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    help: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(String(80))
    is_active: Mapped[bool]


class CorrectionPhrase(Base):
    """Wording an officer starts from when something has to be corrected (補正の文例)."""

    __tablename__ = "correction_phrase"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(String(80))
    is_active: Mapped[bool]
