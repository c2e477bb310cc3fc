"""Form of the meeting paper (会議資料の様式)."""

from wtforms import StringField

from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.papers.services import MakePaper
from app.rounds.models import Round

LONGEST_REASON = 100  # characters


class MakePaperForm(JaForm):
    """For what the paper is made (作る理由)."""

    reason = StringField(
        "作る理由",
        [Required(), CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="資料の1ページ目と版の一覧に載ります。例：第3回連絡協議会に配るため",
    )

    def to_command(self, round_: Round) -> MakePaper:
        """Return the command of the form."""
        return MakePaper(round=round_, reason=self.reason.data or "")
