"""Forms of the view of the body (見解の入力様式)."""

from wtforms import BooleanField, TextAreaField

from app.answers.services.views import VIEW_LIMIT, GoOn, WriteView
from app.core.forms import CharacterLimit, clean
from app.triage.forms.base import CaseForm


class ViewForm(CaseForm):
    """What the body says to the released replies (見解)."""

    text = TextAreaField(
        "見解",
        [CharacterLimit(VIEW_LIMIT)],
        filters=[clean],
        description="回答で足りない点や、再検討してほしい点を書いてください。"
        "提出すると、事務局と回答した府省庁が読みます。",
    )
    has_none = BooleanField("見解なし（回答のとおりでよい）")

    def to_command(self) -> WriteView:
        """Make the command of the form."""
        return WriteView(
            version=self.opened_version,
            text=self.text.data or "",
            has_none=bool(self.has_none.data),
        )


class GoOnForm(CaseForm):
    """Going on without the view (見解を待たずに進める)."""

    def to_command(self) -> GoOn:
        """Make the command of the form."""
        return GoOn(version=self.opened_version)
