"""Fields of a round's form (様式の項目): what is asked, in which words, within which limits."""

from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base, stored_enum

LONGEST_FIELD_NAME = 40
LONGEST_FIELD_LABEL = 100


class FieldKind(StrEnum):
    """How a field is answered (項目の種類)."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    MINISTRY = "ministry"
    VIEWPOINTS = "viewpoints"
    YES_NO = "yes_no"
    CHOICE = "choice"


class FieldAudience(StrEnum):
    """Who reads the answer (読む人).

    `shared` answers are also read by other bodies once the proposal is opened to them or published;
    the others stay between the body and the secretariat, like whom to call (連絡先, P27).
    """

    BODY_AND_SECRETARIAT = "body_and_secretariat"
    SHARED = "shared"


class FormField(Base):
    """One field of the form of one round (様式の項目).

    `name` is a column of the proposal, or the key of its other answers. Fields of one
    `limit_group` share one `character_limit` (支障事例＋効果). A field with `shown_when_field` is
    asked only while that one is answered with `shown_when_value`.
    """

    __tablename__ = "form_field"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_FIELD_NAME), primary_key=True)
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[FieldKind] = mapped_column(stored_enum(FieldKind, "field_kind"))
    label: Mapped[str] = mapped_column(String(LONGEST_FIELD_LABEL))
    help: Mapped[str] = mapped_column(Text, default="")
    is_required: Mapped[bool] = mapped_column(default=False)
    character_limit: Mapped[int | None]
    limit_group: Mapped[str | None] = mapped_column(String(LONGEST_FIELD_NAME))
    # Words to choose from; for the viewpoints, the words of their three boxes.
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    shown_when_field: Mapped[str | None] = mapped_column(String(LONGEST_FIELD_NAME))
    shown_when_value: Mapped[str] = mapped_column(String(200), default="")
    keeps_hidden_answer: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[FieldAudience] = mapped_column(
        stored_enum(FieldAudience, "field_audience"), default=FieldAudience.SHARED
    )

    __table_args__ = (
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint("character_limit IS NULL OR character_limit > 0", name="limit_positive"),
        CheckConstraint(
            "limit_group IS NULL OR character_limit IS NOT NULL", name="group_has_limit"
        ),
        CheckConstraint(
            "(shown_when_field IS NULL) = (shown_when_value = '')", name="condition_complete"
        ),
    )
