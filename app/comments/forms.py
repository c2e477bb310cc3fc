"""Forms of the comments (コメントの入力様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField

from app.accounts.models import User
from app.comments.models import CommentAudience
from app.comments.services import LONGEST_BODY, RetractComment, WidenComment, WriteComment
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm

AUDIENCE_LABELS = {
    CommentAudience.INTERNAL: "事務局だけ",
    CommentAudience.MINISTRY: "事務局と府省庁",
    CommentAudience.BODY: "事務局と提案団体",
}


def _audience_of(word: str | None) -> CommentAudience:
    return CommentAudience(word) if word in list(CommentAudience) else CommentAudience.INTERNAL


class CommentForm(JaForm):
    """A comment (コメント); `confirmed` names the audience whose readers were looked at."""

    body = TextAreaField(
        "コメント", [Required(), CharacterLimit(LONGEST_BODY), StorageLimit()], filters=[clean]
    )
    audience = RadioField("読む人", default=CommentAudience.INTERNAL.value)
    mentioned_ids = SelectMultipleField("知らせる人", choices=[], coerce=int, validate_choice=False)
    confirmed = HiddenField()

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = {row.value: label for row, label in AUDIENCE_LABELS.items()}
        self.colleagues = {user.id: user.display_name for user in colleagues}
        self.mentioned_ids.choices = {str(key): name for key, name in self.colleagues.items()}

    def chosen_audience(self) -> CommentAudience:
        """Audience that was chosen, the narrowest when none was (読む人)."""
        return _audience_of(self.audience.data)

    def mentioned_names(self) -> list[str]:
        """Names of those who were ticked (知らせる人)."""
        ticked = self.mentioned_ids.data or ()
        return [name for key, name in self.colleagues.items() if key in ticked]

    def needs_confirmation(self) -> bool:
        """Whether the readers of the chosen audience have still to be shown (確認)."""
        audience = self.chosen_audience()
        return audience is not CommentAudience.INTERNAL and self.confirmed.data != audience.value

    def to_command(self) -> WriteComment:
        """Make the command of the form."""
        return WriteComment(
            body=self.body.data or "",
            audience=self.chosen_audience(),
            mentioned_ids=tuple(self.mentioned_ids.data or ()),
            is_confirmed=not self.needs_confirmation(),
        )


class WidenForm(VersionForm):
    """An internal comment shown to more people (公開範囲の拡大)."""

    audience = RadioField("見せる相手")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = {
            row.value: label
            for row, label in AUDIENCE_LABELS.items()
            if row is not CommentAudience.INTERNAL
        }

    def to_command(self) -> WidenComment:
        """Make the command of the form: its page shows the readers, sending it confirms them."""
        return WidenComment(
            version=self.expected_version(),
            audience=_audience_of(self.audience.data),
            is_confirmed=True,
        )


class RetractForm(VersionForm):
    """A comment taken back (コメントの取消し)."""

    def to_command(self) -> RetractComment:
        """Make the command of the form."""
        return RetractComment(version=self.expected_version())
