"""Forms around the submission (提出の様式): handing in, deleting a draft, coming late."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import JaForm, Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm
from app.proposals.models import LateDecision
from app.proposals.services.late import DECISION_WORDS, DecideLate, RequestLate
from app.proposals.services.submission import Submit


class SubmitForm(VersionForm):
    """Submission from the page of the last check (提出)."""

    def to_command(self) -> Submit:
        """Make the command of the form."""
        return Submit(version=self.expected_version())


class DiscardForm(VersionForm):
    """Deletion of a draft (下書きの削除)."""


class RequestLateForm(VersionForm):
    """Submission after the end, with its reason (期限後の提出の申出)."""

    reason = TextAreaField(
        "期限に間に合わなかった理由",
        [Required("期限に間に合わなかった理由を入力してください"), StorageLimit()],
        filters=[clean],
        description="いつ、何があったかを書いてください。事務局の総括が読みます。",
    )

    def to_command(self) -> RequestLate:
        """Make the command of the form."""
        return RequestLate(version=self.expected_version(), reason=self.reason.data or "")


class DecideLateForm(JaForm):
    """A lead's word on a late submission (期限後の提出の可否)."""

    decision = RadioField(
        "決定",
        [Required("受け付けるかどうかを選んでください")],
        choices={decision.value: words for decision, words in DECISION_WORDS.items()},
        validate_choice=False,
    )
    reason = TextAreaField(
        "決定の理由",
        [Required(), StorageLimit()],
        filters=[clean],
        description="提案団体がそのまま読みます。",
    )

    def validate_decision(self, field: RadioField) -> None:
        """Refuse a decision that is none."""
        if field.data and field.data not in list(LateDecision):
            raise ValidationError("受け付けるかどうかを選んでください")

    def to_command(self) -> DecideLate:
        """Make the command of the form."""
        return DecideLate(decision=LateDecision(self.decision.data), reason=self.reason.data or "")
