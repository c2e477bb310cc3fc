"""Forms of joint proposals (共同提案の様式): asking, answering, leaving, removing."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm, number_in
from app.proposals.models import PartnerAnswer
from app.proposals.services.partners import AnswerJoint, AskPartner

ANSWER_WORDS = {
    PartnerAnswer.ACCEPTED: "共同提案に同意する",
    PartnerAnswer.DECLINED: "同意しない",
}
CHOOSE = "同意するかどうかを選んでください"


class AskPartnerForm(VersionForm):
    """Request to one body out of those found (共同提案の依頼)."""

    organization_id = StringField("依頼する団体")

    def to_command(self) -> AskPartner:
        """Make the command of the form."""
        return AskPartner(
            version=self.expected_version(),
            organization_id=number_in(self.organization_id.data or ""),
        )


class RemovePartnerForm(VersionForm):
    """A partner taken off (共同提案団体から外す)."""


class AnswerJointForm(VersionForm):
    """Answer of a partner's manager (共同提案の回答)."""

    answer = RadioField(
        "回答",
        [Required(CHOOSE)],
        choices={answer.value: words for answer, words in ANSWER_WORDS.items()},
        validate_choice=False,
    )
    reason = TextAreaField(
        "理由・連絡",
        [StorageLimit()],
        filters=[clean],
        description="同意しないときは必ず書いてください。依頼した団体がそのまま読みます。",
    )

    def validate_answer(self, field: RadioField) -> None:
        """Refuse an answer that is none."""
        if field.data and field.data not in list(ANSWER_WORDS):
            raise ValidationError(CHOOSE)

    def to_command(self) -> AnswerJoint:
        """Make the command of the form."""
        return AnswerJoint(
            version=self.expected_version(),
            answer=PartnerAnswer(self.answer.data),
            reason=self.reason.data or "",
        )


class WithdrawConsentForm(VersionForm):
    """Consent taken back before the submission (同意の取消し)."""

    withdrawal_reason = TextAreaField(
        "同意を取り消す理由",
        [Required(), StorageLimit()],
        filters=[clean],
        description="依頼した団体がそのまま読みます。",
    )
