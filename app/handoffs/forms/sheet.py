"""Forms of the sheet of replies (回答の表の入力様式)."""

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage
from wtforms import FileField, HiddenField
from wtforms.validators import ValidationError

from app.core.forms import JaForm
from app.handoffs.sheets.reading import SheetRow, from_text
from app.proposals.forms.base import number_in

MEGABYTE = 1024 * 1024
SHEET_LIMIT_MB = 10
SEND = "send"
LONGEST_NAME = 120


class SheetForm(JaForm):
    """A sheet that comes back (回答の表)."""

    file = FileField("回答の表")

    def validate_file(self, field: FileField) -> None:
        """Refuse nothing and what is too large; read the other."""
        sent = field.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            raise ValidationError("回答を書いた表を選んでください")
        self.name = sent.filename[-LONGEST_NAME:]
        # One byte more than allowed shows that it is too large.
        self.content = sent.stream.read(SHEET_LIMIT_MB * MEGABYTE + 1)
        if len(self.content) > SHEET_LIMIT_MB * MEGABYTE:
            raise ValidationError(f"ファイルは{SHEET_LIMIT_MB}MBまでです。分けて送ってください")


class TakeSheetForm(JaForm):
    """Taking a sheet that was looked at (回答の表の取込み): its rows as they were shown."""

    rows = HiddenField()
    step = HiddenField()

    def shown_rows(self) -> list[SheetRow]:
        """Rows that were looked at (確かめた行). Raises InvalidInput."""
        return from_text(self.rows.data or "")

    @property
    def sends(self) -> bool:
        """Whether they go out at once, instead of being kept as drafts."""
        return bool(self.step.data == SEND)


def chosen_ids(boxes: Iterable[str]) -> set[int]:
    """Ids of the ticked hand-offs (選んだ案件); a garbled one is none."""
    return {number for box in boxes if (number := number_in(box)) is not None}
