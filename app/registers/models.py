"""Register entries a case can cite (台帳の行): what the source prints, and their history."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
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


# Between the proposals that share a line of 分権提案.
TITLE_MARK = "／"


class AliasKind(StrEnum):
    """Why a word stands for a row (別名の種類)."""

    ABBREVIATION = "abbreviation"
    OTHER_NAME = "other_name"
    PRINTED = "printed"
    RELATED = "related"


ALIAS_KIND_LABELS: dict[AliasKind, str] = {
    AliasKind.ABBREVIATION: "略称",
    AliasKind.OTHER_NAME: "別称",
    AliasKind.PRINTED: "原本の表記",
    AliasKind.RELATED: "関連語",
}


class EntryAct(StrEnum):
    """What made a version of a row (台帳の行に行った操作)."""

    LOADED = "loaded"
    ADDED = "added"
    CHANGED = "changed"
    IMPORTED = "imported"
    RETIRED = "retired"
    RESTORED = "restored"


ENTRY_ACT_LABELS: dict[EntryAct, str] = {
    EntryAct.LOADED: "原本から登録しました",
    EntryAct.ADDED: "行を加えました",
    EntryAct.CHANGED: "内容を変えました",
    EntryAct.IMPORTED: "取込みで内容を変えました",
    EntryAct.RETIRED: "廃止しました",
    EntryAct.RESTORED: "廃止を取り消しました",
}


class RegisterEntry(Base):
    """One row of a register, with the day its source speaks of (台帳の行・時点).

    The columns from `field` on hold what the source prints beside the title; a register uses those
    that its source has (`structure.FIELDS_OF`), the others are empty; `detail` is for what has no
    column. `content_version` counts every change, also of aliases, numbers and links, and guards
    an edit. A retired row (廃止) stays for old evidence and is offered no more.
    """

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[Register] = mapped_column(stored_enum(Register, "register"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(Text)
    ministry_name: Mapped[str] = mapped_column(String(100))
    as_of: Mapped[date]
    field: Mapped[str] = mapped_column(String(100), default="")
    group_code: Mapped[str] = mapped_column(String(20), default="")
    group_label: Mapped[str] = mapped_column(String(300), default="")
    existing_system: Mapped[str] = mapped_column(String(300), default="")
    quantity: Mapped[int | None]
    examples: Mapped[str] = mapped_column(Text, default="")
    response_policy: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(300), default="")
    content_version: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]
    aliases: Mapped[list["RegisterAlias"]] = relationship(
        order_by="RegisterAlias.id", cascade="all, delete-orphan"
    )
    control_numbers: Mapped[list["ControlNumber"]] = relationship(
        order_by="ControlNumber.position", cascade="all, delete-orphan"
    )
    links: Mapped[list["RegisterLink"]] = relationship(
        order_by="RegisterLink.position",
        cascade="all, delete-orphan",
        foreign_keys="RegisterLink.entry_id",
    )

    __table_args__ = (
        UniqueConstraint("register", "number"),
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("ix_register_entry_register_title", "register", "title"),
    )
    __mapper_args__ = {
        "version_id_col": content_version,
        # Counted by the services: a row without a change of its own has a new version too.
        "version_id_generator": False,
    }

    @property
    def is_retired(self) -> bool:
        """Whether the row is kept for old evidence only (廃止)."""
        return self.retired_at is not None

    @property
    def numbered_titles(self) -> list[tuple[str, str]]:
        """Titles of a line of 分権提案, each with its 管理番号 (提案と管理番号).

        A line of two proposals (…＜79＞ …＜56＞) has two; otherwise all numbers stand at the title.
        """
        numbers = [str(row.number) for row in self.control_numbers]
        titles = self.title.split(TITLE_MARK)
        if len(titles) != len(numbers):
            return [(self.title, "、".join(numbers))]
        return list(zip(titles, numbers, strict=True))

    @property
    def printed_words(self) -> str:
        """All words of the row that tell what it is about, to be searched in (行の語句)."""
        said = (self.field, self.title, self.existing_system, self.examples, self.detail)
        return " ".join(part for part in said if part)


class RegisterAlias(Base):
    """Another word for what a row names (別名): found by it, shown beside the printed title."""

    __tablename__ = "register_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    text: Mapped[str] = mapped_column(String(100))
    kind: Mapped[AliasKind] = mapped_column(stored_enum(AliasKind, "alias_kind"))
    reason: Mapped[str] = mapped_column(String(300))

    __table_args__ = (UniqueConstraint("entry_id", "text"),)


class ControlNumber(Base):
    """Number of a 分権提案 in its year (管理番号): a line of the register may carry several."""

    __tablename__ = "register_control_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), index=True)
    year: Mapped[int]
    number: Mapped[int]
    position: Mapped[int]

    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("year > 0 AND number > 0", name="positive"),
    )


class RegisterLink(Base):
    """A row that another one is joined to (連携先): a 密接関連 system to one of the 20業務.

    `printed_name` is the word of the source (国民健康保健), whatever the row it means is called.
    """

    __tablename__ = "register_link"

    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), primary_key=True)
    linked_id: Mapped[int] = mapped_column(
        ForeignKey("register_entry.id"), primary_key=True, index=True
    )
    printed_name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    linked: Mapped[RegisterEntry] = relationship(foreign_keys=[linked_id], lazy="joined")


class RegisterEntryVersion(Base):
    """A row as it stood from one change to the next (台帳の行の版): who, when, why, what it held.

    `content` holds the texts of `content.texts_of`. Nobody is named for what was loaded.
    """

    __tablename__ = "register_entry_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    content_version: Mapped[int]
    act: Mapped[EntryAct] = mapped_column(stored_enum(EntryAct, "entry_act"))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_by: Mapped[User | None] = relationship()

    __table_args__ = (UniqueConstraint("entry_id", "content_version"),)
