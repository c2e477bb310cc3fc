"""Forms of amendments (変更の申出の様式). The new text comes in the form of the round itself."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm
from app.proposals.models import AmendmentDecision
from app.proposals.services.amendments import DECISION_WORDS, DecideAmendment

CHOOSE = "受け入れるかどうかを選んでください"


class AmendmentReasonForm(VersionForm):
    """Why the text is to change (変更の理由); stands below the fields of the round."""

    amendment_reason = TextAreaField(
        "変更する理由",
        [Required(), StorageLimit()],
        filters=[clean],
        description="事務局が読んで、受け入れるかどうかを決めます。",
    )


class DecideAmendmentForm(VersionForm):
    """The office's word on an amendment (申出の決定)."""

    decision = RadioField(
        "決定",
        [Required(CHOOSE)],
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
        if field.data and field.data not in list(DECISION_WORDS):
            raise ValidationError(CHOOSE)

    def to_command(self) -> DecideAmendment:
        """Make the command of the form."""
        return DecideAmendment(
            version=self.expected_version(),
            decision=AmendmentDecision(self.decision.data),
            reason=self.reason.data or "",
        )


class WithdrawAmendmentForm(VersionForm):
    """An amendment taken back (変更の申出の取下げ)."""
