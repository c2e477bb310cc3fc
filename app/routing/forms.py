"""Forms of the duties (所管の入力様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.models import Organization
from app.core.eras import DateFormatError, parse_date
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import is_blank
from app.extensions import db
from app.proposals.content import ministry_name
from app.proposals.forms.base import VersionForm, number_in
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.routing.services.duties import EndDuty, NameCatchAll, NewDuty

LONGEST_WORDS = 100
LONGEST_REASON = 500
FILE_LIMIT = 1024 * 1024


def entry_id(register: str, number: str) -> int | None:
    """Id of a register row by register and number (台帳の行), 0 for one that is not there."""
    if is_blank(register) and is_blank(number):
        return None
    if register not in list(Register):
        return 0
    found = select(RegisterEntry.id).where(
        RegisterEntry.register == Register(register),
        RegisterEntry.number == (number_in(number) or 0),
    )
    return db.session.scalar(found) or 0


class _BodyForm(JaForm):
    """A form that names a ministry."""

    organization_id = SelectField("府省庁", validate_choice=False)
    reason = TextAreaField("理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean])

    def __init__(self, *args: Any, ministries: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(row.id): ministry_name(row) for row in ministries}
        self.organization_id.choices = {"": "選んでください", **names}

    @property
    def body_id(self) -> int:
        """Id that was chosen, 0 for none."""
        return number_in(str(self.organization_id.data or "")) or 0


class DutyForm(_BodyForm):
    """Registering a duty (所管の登録)."""

    words = StringField("語句", [CharacterLimit(LONGEST_WORDS)], filters=[clean])
    law = StringField("法令", [CharacterLimit(LONGEST_WORDS)], filters=[clean])
    register = SelectField("台帳", validate_choice=False)
    register_entry_id = StringField("台帳の番号", filters=[clean])
    note = TextAreaField("備考", [CharacterLimit(LONGEST_REASON)], filters=[clean])
    valid_from = StringField("いつから", filters=[clean])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {row.value: REGISTER_LABELS[row] for row in Register}
        self.register.choices = {"": "使わない", **labels}

    def validate_valid_from(self, field: StringField) -> None:
        """Refuse a text that is no date, in the words of the reader of dates."""
        try:
            self.first_day()
        except DateFormatError as error:
            raise ValidationError(error.message) from None

    def first_day(self) -> date | None:
        """Day that was typed, None for today. Raises DateFormatError."""
        typed = self.valid_from.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self) -> NewDuty:
        """Make the command of the form."""
        return NewDuty(
            organization_id=self.body_id,
            words=self.words.data or "",
            law=self.law.data or "",
            register_entry_id=entry_id(self.register.data or "", self.register_entry_id.data or ""),
            note=self.note.data or "",
            valid_from=self.first_day(),
            reason=self.reason.data or "",
        )


class CatchAllForm(_BodyForm):
    """Naming where the rest goes (その他の宛先)."""

    seen_id = StringField()

    def to_command(self) -> NameCatchAll:
        """Make the command of the form."""
        seen = number_in(self.seen_id.data or "")
        return NameCatchAll(
            organization_id=self.body_id,
            seen_id=-1 if seen is None else seen,
            reason=self.reason.data or "",
        )


class EndForm(VersionForm):
    """Ending a duty (所管の終了)."""

    reason = TextAreaField(
        "終える理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def to_command(self) -> EndDuty:
        """Make the command of the form."""
        return EndDuty(version=self.expected_version(), reason=self.reason.data or "")


class DutyFileForm(JaForm):
    """Duties as a file (所管の取込み)."""

    file = FileField("所管の表")

    def validate_file(self, field: FileField) -> None:
        """Refuse nothing and what is too large; read the other."""
        sent = field.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            raise ValidationError("取り込む表を選んでください")
        self.name = sent.filename[-LONGEST_WORDS:]
        self.content = sent.stream.read(FILE_LIMIT + 1)
        if len(self.content) > FILE_LIMIT:
            raise ValidationError("ファイルは1MBまでです。分けて取り込んでください")
