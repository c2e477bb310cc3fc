"""Forms of the public part (公表の入力様式)."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from app.core import clock
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.proposals.models import Publication
from app.public.copying import EditableText
from app.public.services import (
    Agree,
    Discard,
    PrepareCopy,
    PublishCopies,
    SeenCopy,
    WithdrawPublication,
)

LONGEST_TEXT = 20_000  # characters
LONGEST_REASON = 1000  # characters
TIME_WORDS = "時刻は 10:00 のように入力してください"


class VersionForm(JaForm):
    """A form about one version of something (版)."""

    version = IntegerField(widget=HiddenInput(), default=0)

    @property
    def seen_version(self) -> int:
        """Version that was looked at; -1 for none, which no row has."""
        return -1 if self.version.data is None else int(self.version.data)


class CopyForm(VersionForm):
    """The texts of a public copy (公表の写し); one field for each is added by `copy_form`."""

    is_checked = BooleanField("公表してよいことを確かめました（名前・連絡先が見つかったとき）")

    def text_keys(self) -> list[str]:
        """Keys of the texts in the order of the page."""
        return [name for name in self._fields if name.startswith(TEXT_PREFIX)]

    def to_command(self) -> PrepareCopy:
        """Make the command of the form."""
        return PrepareCopy(
            version=self.seen_version,
            texts={
                name.removeprefix(TEXT_PREFIX): self._fields[name].data or ""
                for name in self.text_keys()
            },
            is_checked=bool(self.is_checked.data),
        )


TEXT_PREFIX = "copy_"


def copy_form(texts: Sequence[EditableText]) -> CopyForm:
    """Build the form for the texts of one case, filled with them (公表の写しの様式)."""
    fields: dict[str, Any] = {
        f"{TEXT_PREFIX}{text.key}": TextAreaField(
            text.label, [CharacterLimit(LONGEST_TEXT)], filters=[clean], default=text.value
        )
        for text in texts
    }
    made: CopyForm = type("CopyFormOfCase", (CopyForm,), fields)()
    return made


class DiscardForm(VersionForm):
    """A copy that shall not go out (写しの取りやめ)."""

    def to_command(self) -> Discard:
        """Make the command of the form."""
        return Discard(version=self.seen_version)


class PublishForm(JaForm):
    """When the copies that were looked at go out (公表)."""

    day = StringField(
        "公表する日",
        filters=[clean],
        description="空欄にすると、すぐに公表します。例：令和6年12月2日、2024-12-02",
    )
    time = StringField(
        "公表する時刻", filters=[clean], default="10:00", description="日本時間。例：10:00"
    )
    # Ids and versions of the copies on the page: 12:1,13:1.
    seen = HiddenField()

    def validate_day(self, field: StringField) -> None:
        """Refuse a day that cannot be read."""
        try:
            parse_date(field.data) if field.data else None
        except DomainError as error:
            raise ValidationError(error.message) from error

    def validate_time(self, field: StringField) -> None:
        """Refuse a time that cannot be read, where a day is given."""
        try:
            time.fromisoformat(field.data or "") if self.day.data else None
        except ValueError as error:
            raise ValidationError(TIME_WORDS) from error

    def seen_versions(self) -> dict[int, int]:
        """Versions that were looked at, by the id of the copy; none for what is no such list."""
        return read_seen(self.seen.data or "")

    def to_command(self, copies: Sequence[Publication]) -> PublishCopies:
        """Make the command of the form."""
        versions = self.seen_versions()
        return PublishCopies(
            copies=[SeenCopy(publication=row, version=versions.get(row.id, -1)) for row in copies],
            publishes_at=self._publishes_at(),
        )

    def _publishes_at(self) -> datetime | None:
        if not self.day.data:
            return None
        moment = time.fromisoformat(self.time.data or "").replace(tzinfo=None)
        return datetime.combine(parse_date(self.day.data), moment, tzinfo=clock.JST)


def read_seen(words: str) -> dict[int, int]:
    """Read `12:1,13:1` (確かめた写し); {} for anything else."""
    found: dict[int, int] = {}
    for part in words.split(","):
        one, _, version = part.partition(":")
        if not (_is_number(one) and _is_number(version)):
            return {}
        found[int(one)] = int(version)
    return found


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) <= 9


class WithdrawForm(JaForm):
    """Why a case is taken back from the public (公表の取りやめ)."""

    reason = TextAreaField(
        "理由",
        [Required(), CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="事務局の履歴に残ります。公表のページには「公表を取りやめました」とだけ出ます。",
    )

    def to_command(self) -> WithdrawPublication:
        """Make the command of the form."""
        return WithdrawPublication(reason=self.reason.data or "")


class ConsentForm(VersionForm):
    """What the body agrees to (公表の同意)."""

    is_named = BooleanField(
        "団体名を公表してよい",
        description="印がないときは、団体種別（市、町村など）だけを公表します。",
    )
    shows_view = BooleanField(
        "府省庁の回答への見解を公表してよい", description="印がないときは、見解を公表しません。"
    )

    def to_command(self) -> Agree:
        """Make the command of the form."""
        return Agree(
            version=self.seen_version,
            is_named=bool(self.is_named.data),
            shows_view=bool(self.shows_view.data),
        )
