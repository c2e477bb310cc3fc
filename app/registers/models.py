"""Register entries a case can cite (台帳の行)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base, stored_enum


class Register(StrEnum):
    """Reference list (台帳)."""

    TYPES = "types"
    BUNKEN = "bunken"
    CORE20 = "core20"
    CLOSELY_RELATED = "closely_related"
    KEIYU_JIMU = "keiyu_jimu"
    KEIYU_CHOSA = "keiyu_chosa"
    COMMON_SYSTEM = "common_system"
    DPI = "dpi"


REGISTER_LABELS: dict[Register, str] = {
    Register.TYPES: "TYPES",
    Register.BUNKEN: "分権提案",
    Register.CORE20: "20業務",
    Register.CLOSELY_RELATED: "密接関連業務システム",
    Register.KEIYU_JIMU: "経由事務",
    Register.KEIYU_CHOSA: "経由調査",
    Register.COMMON_SYSTEM: "既存の共通システム",
    Register.DPI: "DPI",
}


class RegisterEntry(Base):
    """One row of a register, with the day its source speaks of (台帳の行・時点)."""

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[Register] = mapped_column(stored_enum(Register, "register"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(Text)
    ministry_name: Mapped[str] = mapped_column(String(100))
    as_of: Mapped[date]

    __table_args__ = (
        UniqueConstraint("register", "number"),
        Index("ix_register_entry_register_title", "register", "title"),
    )
