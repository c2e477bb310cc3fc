"""Form of a viewing (代理閲覧の入力様式)."""

from wtforms import TextAreaField

from app.accounts.services.viewing import BeginViewing
from app.core.forms import CharacterLimit, JaForm, Required, clean

LONGEST_REASON = 200  # characters


class ViewAsForm(JaForm):
    """Why somebody's screens are looked at (代理閲覧の理由)."""

    reason = TextAreaField(
        "理由",
        [Required(), CharacterLimit(LONGEST_REASON)],
        [clean],
        description="監査証跡に残ります。例：「提案が一覧に出ない」という問合せの確認",
    )

    def to_command(self) -> BeginViewing:
        """Make the command of the form."""
        return BeginViewing(reason=self.reason.data or "")
