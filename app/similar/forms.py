"""Form of the difference from a similar case (違いの入力様式)."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import CharacterLimit, clean
from app.proposals.forms.base import StorageLimit, VersionForm, number_in
from app.similar.services import NoteDifference

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
