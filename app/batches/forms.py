"""Forms of the batches and texts (まとめて送付・文面の入力様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.accounts.models import Organization
from app.batches.models import LONGEST_BODY
from app.batches.services.confirming import ConfirmBatch
from app.batches.services.placing import Place
from app.batches.services.texts import WriteText
from app.batches.services.writing import BatchWords
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import is_blank
from app.proposals.content import ministry_name
from app.proposals.forms.base import UNKNOWN_VERSION, VersionForm, number_in


class WordsForm(VersionForm):
    """What all hand-offs of a batch share (共通の事項)."""

    title = StringField(
        "件名",
        [Required(), CharacterLimit(200)],
        filters=[clean],
        description="事務連絡の件名になります。",
    )
    letter_number = StringField("文書番号", [CharacterLimit(100)], filters=[clean])
    reply_due_on = StringField(
        "回答期限",
        filters=[clean],
        description=(
            "日付を指定するときだけ入力します。空欄なら、受領の日から募集回の日数で数えます。"
            "例：令和6年10月31日、R6.10.31、2024-10-31"
        ),
    )

    def validate_reply_due_on(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        try:
            self.reply_date()
        except DomainError as error:
            raise ValidationError(error.message) from error

    def reply_date(self) -> date | None:
        """Day as it was typed, None for nothing typed. Raises DateFormatError."""
        typed = self.reply_due_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self) -> BatchWords:
        """Make the command of the form."""
        return BatchWords(
            title=self.title.data or "",
            letter_number=self.letter_number.data or "",
            reply_due_on=self.reply_date(),
        )


class NewBatchForm(WordsForm):
    """A new batch with the cases that were ticked (送付の準備)."""

    case = SelectMultipleField("送付する提案", validate_choice=False, choices=[])

    def chosen(self) -> frozenset[int]:
        """Ids of the cases that were ticked."""
        found = (number_in(text) for text in self.case.data or ())
        return frozenset(number for number in found if number is not None)


class CasesForm(VersionForm):
    """Cases of a batch that were ticked (選んだ提案)."""

    case = SelectMultipleField("提案", validate_choice=False, choices=[])

    def chosen(self) -> frozenset[int]:
        """Ids of the cases that were ticked."""
        found = (number_in(text) for text in self.case.data or ())
        return frozenset(number for number in found if number is not None)


class PlaceForm(CasesForm):
    """Where cases go (宛先); for a single case a text of its own."""

    lead_id = SelectField("主管", validate_choice=False)
    related_ids = SelectMultipleField("関係", validate_choice=False)
    request_text = TextAreaField(
        "この提案だけの文",
        [CharacterLimit(LONGEST_BODY)],
        filters=[clean],
        description="空欄なら、分類の文面を使います。差込みの語も使えます。",
    )

    def __init__(
        self, *args: Any, ministries: Sequence[Organization], is_single: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = {str(row.id): ministry_name(row) for row in ministries}
        self.lead_id.choices = {"": "選んでください"} | names
        self.related_ids.choices = names
        self.is_single = is_single

    def to_command(self) -> Place:
        """Make the command of the form; what is no ministry at all is refused by the service."""
        related = (number_in(text) for text in self.related_ids.data or ())
        return Place(
            lead_id=number_in(self.lead_id.data or ""),
            related_ids=tuple(row for row in related if row is not None),
            request_text=(self.request_text.data or "") if self.is_single else None,
        )


class SendForm(VersionForm):
    """Confirming what was shown (送付の確認): the number of hand-offs, typed."""

    seen = HiddenField()
    seen_people = HiddenField()
    typed = StringField(
        "送付の件数",
        [Required()],
        filters=[clean],
        description="上に示した送付の件数を、数字で入力してください。",
    )

    def to_command(self) -> ConfirmBatch:
        """Make the command of the form."""
        return ConfirmBatch(
            version=self.expected_version(),
            seen=self.seen.data or "",
            typed=self.typed.data or "",
        )


class ReleaseForm(VersionForm):
    """Letting it go as the second person (送付の承認): a button."""


class StopForm(VersionForm):
    """Stopping it before it leaves (送付の中止): a button."""


class DiscardForm(VersionForm):
    """Dropping a batch (取りやめ): a button."""


class TextForm(JaForm):
    """A new version of a text (文面の変更), looked at with a case before it is kept."""

    number = HiddenField()
    body = TextAreaField("本文", [CharacterLimit(LONGEST_BODY)], filters=[clean])
    reason = StringField("変える理由", [CharacterLimit(200)], filters=[clean])
    case = StringField(
        "見本にする提案の受付番号",
        filters=[clean],
        description="分類が確定した提案の番号を入れると、差し込んだ文を確かめられます。",
    )

    def to_command(self) -> WriteText:
        """Make the command of the form."""
        number = number_in(self.number.data or "")
        return WriteText(
            number=UNKNOWN_VERSION if number is None else number,
            body=self.body.data or "",
            reason=self.reason.data or "",
        )
