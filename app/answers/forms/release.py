"""Form of a release (回答の公開の入力様式)."""

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import Optional

from app.answers.services.release import ChosenReply, Release
from app.core.forms import JaForm, clean

# Digits of an id or a version; a database refuses what is longer.
LONGEST_NUMBER = 9


class ReleaseForm(JaForm):
    """Release of the replies that were read (公開): each as `id:version`, parted by blanks."""

    replies = HiddenField("公開する回答")
    confirmed_count = IntegerField(
        "公開する回答の件数",
        [Optional()],
        description="上の件数を確かめて、数字で入力してください。",
    )
    note = StringField(
        "メモ", filters=[clean], description="公開の記録に残ります。団体には見えません。"
    )

    def to_command(self) -> Release:
        """Make the command of the form."""
        return Release(
            replies=chosen_in(self.replies.data or ""),
            confirmed_count=self.confirmed_count.data,
            note=self.note.data or "",
        )


def chosen_in(text: str) -> tuple[ChosenReply, ...]:
    """Replies named in a hidden field; what is no pair of numbers is left out."""
    found = []
    for word in text.split():
        reply_id, _, version = word.partition(":")
        if is_number(reply_id) and is_number(version):
            found.append(ChosenReply(reply_id=int(reply_id), version=int(version)))
    return tuple(found)


def is_number(text: str) -> bool:
    """Whether a text is a number that a table can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
