"""The form of an undoing (取消しの様式)."""

from wtforms import TextAreaField

from app.candidates.services.link import LONGEST_REASON
from app.candidates.services.undo import Undo
from app.core.forms import CharacterLimit, Required, clean
from app.proposals.forms.base import VersionForm


class UndoForm(VersionForm):
    """Undoing a move or a line (取消し), with its reason."""

    reason = TextAreaField("理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean])

    def to_command(self) -> Undo:
        """Make the command of the form."""
        return Undo(version=self.expected_version(), reason=self.reason.data or "")
