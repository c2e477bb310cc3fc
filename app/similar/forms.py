"""Forms of the difference from a similar case and of the verdict on a pair (違い・重複の判定)."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import CharacterLimit, clean
from app.proposals.forms.base import StorageLimit, VersionForm, number_in
from app.similar.models import Verdict
from app.similar.services.differences import NoteDifference
from app.similar.services.verdicts import JudgePair

DIFFERENCE_LIMIT = 400  # characters: a sentence or two, not a second proposal


class DifferenceForm(VersionForm):
    """How the proposal differs from one case (違いは…); blank takes the note back."""

    similar_proposal_id = HiddenField()
    difference = TextAreaField(
        "違い", [CharacterLimit(DIFFERENCE_LIMIT), StorageLimit()], filters=[clean]
    )

    def validate_similar_proposal_id(self, field: HiddenField) -> None:
        """Refuse what is no id of a case."""
        if number_in(field.data or "") is None:
            raise ValidationError("似た提案を一覧から選んでください")

    def to_command(self) -> NoteDifference:
        """Make the command of the form."""
        return NoteDifference(
            similar_proposal_id=number_in(self.similar_proposal_id.data or "") or 0,
            difference=self.difference.data or "",
            version=self.expected_version(),
        )


VERDICT_CHOICES = {
    Verdict.NOT_DUPLICATE.value: "重複ではない",
    Verdict.SUSPECTED.value: "重複の疑い",
}
NOTE_LIMIT = 400  # characters: the reason in a few sentences


class VerdictForm(VersionForm):
    """What an officer says of two cases (重複の判定); the service asks for both fields."""

    verdict = RadioField("判定", choices=VERDICT_CHOICES, validate_choice=False)
    note = TextAreaField(
        "理由",
        [CharacterLimit(NOTE_LIMIT), StorageLimit()],
        filters=[clean],
        description="事務局の人が読みます。提案団体と府省庁には見えません。",
    )

    def to_command(self) -> JudgePair:
        """Make the command of the form."""
        return JudgePair(
            verdict=self.verdict.data or "",
            note=self.note.data or "",
            version=self.expected_version(),
        )
