"""Forms of joining after the round (追加共同提案の様式)."""

from collections.abc import Sequence
from datetime import datetime, time

from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core import clock
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm, Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm, number_in
from app.proposals.models import Proposal
from app.proposals.services.endorsements import Join
from app.proposals.services.joining import SetWindow

LAST_SECOND = time(23, 59, 59)


class WindowForm(VersionForm):
    """End, note and proposals of a joining window (追加共同提案の照会)."""

    closes_on = StringField(
        "照会の締切",
        [Required()],
        filters=[clean],
        description="この日の23時59分59秒まで受け付けます。例：令和6年10月31日、R6.10.31、2024-10-31",
    )
    note = TextAreaField(
        "団体への案内",
        [StorageLimit()],
        filters=[clean],
        description="照会の趣旨などを書いてください。すべての団体が読みます。",
    )
    proposals = SelectMultipleField(
        "照会にかける提案",
        validate_choice=False,
        description="選んだ提案の提案概要、提案詳細、求める措置、支障事例、制度改正の効果と団体名を、"
        "すべての団体が読みます。連絡先、状態、分類は見えません。",
    )

    def offer(self, openable: Sequence[Proposal]) -> None:
        """Offer the proposals a window may open (照会にかけられる提案)."""
        self.proposals.choices = [
            (str(row.id), f"{row.receipt_number}　{row.title}　（{row.organization.name}）")
            for row in openable
        ]

    def validate_closes_on(self, field: StringField) -> None:
        """Refuse what is no date."""
        if not field.data:
            return
        try:
            parse_date(field.data)
        except DomainError as error:
            raise ValidationError(error.message) from error

    def to_command(self, reason: str = "") -> SetWindow:
        """Make the command of the form; the end is the last second of the day, JST."""
        day = parse_date(self.closes_on.data or "")
        chosen = (number_in(text) for text in self.proposals.data or [])
        return SetWindow(
            closes_at=datetime.combine(day, LAST_SECOND, tzinfo=clock.JST),
            note=self.note.data or "",
            # A number that is none stands for a proposal that nobody may open.
            proposal_ids=frozenset(0 if row is None else row for row in chosen),
            reason=reason,
        )


class ChangeWindowForm(WindowForm):
    """Change of a window, with its reason (照会の変更)."""

    reason = TextAreaField(
        "変える理由", [Required(), StorageLimit()], filters=[clean], description="記録に残します。"
    )

    def to_command(self, reason: str = "") -> SetWindow:
        """Make the command of the form."""
        return super().to_command(reason or self.reason.data or "")


class BaseEndorsementForm(JaForm):
    """Form that remembers which endorsement it was opened on; empty before the first one."""

    replaces = HiddenField()

    def replaces_id(self) -> int | None:
        """Id of the endorsement it was opened on, None for none."""
        return number_in(self.replaces.data or "")


class JoinForm(BaseEndorsementForm):
    """One's own hardship case (追加共同提案)."""

    hardship_case = TextAreaField(
        "自団体の支障事例",
        [Required(), StorageLimit()],
        filters=[clean],
        description="この提案と同じ支障が、自団体ではどの業務で、どれだけ生じているか。"
        "事務局と提案団体が読みます。",
    )

    def to_command(self) -> Join:
        """Make the command of the form."""
        return Join(hardship_case=self.hardship_case.data or "", replaces_id=self.replaces_id())


class LeaveForm(BaseEndorsementForm):
    """One's endorsement taken back (追加共同提案の取下げ)."""
