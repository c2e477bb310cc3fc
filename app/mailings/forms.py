"""Forms of the letters to many (一斉連絡の入力様式). No field takes an address."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import OrgType
from app.core.forms import CharacterLimit, Required, clean
from app.mailings.labels import AUDIENCE_LABELS, SEAT_LABELS
from app.mailings.models import LONGEST_SUBJECT, LONGEST_TEXT, Audience, Seat
from app.mailings.placeholders import Placeholder
from app.mailings.services.sending import CancelMailing, ConfirmCount
from app.mailings.services.writing import WriteMailing
from app.proposals.forms.base import VersionForm, number_in
from app.rounds.models import Round

USABLE = "、".join(f"{{{word}}}" for word in Placeholder)


class MailingForm(VersionForm):
    """A letter with the rule of its recipients (一斉連絡)."""

    round_id = SelectField("募集回", validate_choice=False)
    audience = SelectField("宛先の団体", validate_choice=False)
    seats = SelectMultipleField("宛先の役割", validate_choice=False)
    org_types = SelectMultipleField(
        "団体種別",
        choices={row.value: label for row, label in ORG_TYPE_LABELS.items()},
        validate_choice=False,
        description="一つも選ばなければ、すべての種別に送ります。府省庁には使いません。",
    )
    subject = StringField("件名", [Required(), CharacterLimit(LONGEST_SUBJECT)], filters=[clean])
    text = TextAreaField(
        "本文",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        filters=[clean],
        description=(
            f"次の語は、宛先ごとの値に置き換わります：{USABLE}。"
            "提案の内容は書かず、画面で見てもらってください。宛名と署名は自動で付きます。"
        ),
    )

    def __init__(
        self, *args: Any, rounds: Sequence[Round], audiences: Sequence[Audience], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.round_id.choices = {str(row.id): row.label for row in rounds}
        self.audience.choices = {row.value: AUDIENCE_LABELS[row] for row in audiences}
        self.seats.choices = {row.value: label for row, label in SEAT_LABELS.items()}

    def to_command(self) -> WriteMailing:
        """Make the command of the form; what is none of the choices is left out."""
        audience = self.audience.data or ""
        return WriteMailing(
            round_id=number_in(self.round_id.data or ""),
            subject=self.subject.data or "",
            text=self.text.data or "",
            audience=Audience(audience) if audience in list(Audience) else None,
            seats=tuple(row for row in Seat if row in (self.seats.data or ())),
            org_types=tuple(row for row in OrgType if row in (self.org_types.data or ())),
        )


class ConfirmForm(VersionForm):
    """The number of people, typed (件数の確認), with the list that was shown."""

    seen = HiddenField()
    seen_people = HiddenField()
    typed = StringField(
        "宛先の人数",
        [Required()],
        filters=[clean],
        description="上に示した人数を、数字で入力してください。",
    )
    has_read_warnings = BooleanField("注意を読み、このまま送ってよいことを確かめました")

    def to_command(self) -> ConfirmCount:
        """Make the command of the form."""
        return ConfirmCount(
            version=self.expected_version(),
            seen=self.seen.data or "",
            typed=self.typed.data or "",
            has_read_warnings=bool(self.has_read_warnings.data),
        )


class ReleaseForm(VersionForm):
    """Letting it go (送信の承認): a button."""


class CancelForm(VersionForm):
    """Taking it out (取りやめ), with the reason."""

    reason = TextAreaField("取りやめる理由", [Required(), CharacterLimit(500)], filters=[clean])

    def to_command(self) -> CancelMailing:
        """Make the command of the form."""
        return CancelMailing(version=self.expected_version(), reason=self.reason.data or "")
