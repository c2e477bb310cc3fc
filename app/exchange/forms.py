"""Forms of imports and exports (取込み・出力の様式)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, MultipleFileField, RadioField, SelectField
from wtforms.validators import ValidationError

from app.core.forms import JaForm
from app.exchange.files import FORMAT_LABELS, ExportFormat
from app.exchange.rows import SentFile
from app.files.gate import clean_name
from app.proposals.forms.writing import round_words
from app.rounds.models import Round

MEGABYTE = 1024 * 1024
FILE_LIMIT_MB = 10
TOTAL_LIMIT_MB = 20
COUNT_LIMIT = 100
# More rows would keep the others from writing for too long; the command takes more.
ROW_LIMIT = 2_000
ACCEPT = ".xlsx,.csv"


class StartImport(NamedTuple):
    """Files for one round (取込みの受付)."""

    round: Round
    files: Sequence[SentFile]


class TakeOut(NamedTuple):
    """Proposals of one round in one form of file (出力)."""

    round: Round
    format: ExportFormat
    with_contact: bool
    is_replacing: bool


class _RoundForm(JaForm):
    """A form that names one of several rounds."""

    round = SelectField("募集回", validate_choice=False)

    def __init__(self, *args: Any, rounds: Sequence[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = {row.key: row for row in rounds}
        self.round.choices = {row.key: round_words(row) for row in rounds}
        if self.round.data is None and rounds:
            self.round.data = rounds[0].key

    def validate_round(self, field: SelectField) -> None:
        """Refuse a round that is not offered."""
        if field.data not in self.rounds:
            raise ValidationError("募集回を選んでください")

    @property
    def chosen_round(self) -> Round:
        """The round that was chosen, once the form is valid."""
        return self.rounds[str(self.round.data)]


class ImportForm(_RoundForm):
    """Tables and filled forms to be brought in (表・様式の取込み)."""

    files = MultipleFileField("ファイル")

    def validate_files(self, field: MultipleFileField) -> None:
        """Refuse nothing, too many and too large files; read the others."""
        sent = [row for row in field.data or [] if isinstance(row, FileStorage) and row.filename]
        if not sent:
            raise ValidationError("取り込むファイルを選んでください")
        if len(sent) > COUNT_LIMIT:
            raise ValidationError(f"一度に送れるのは{COUNT_LIMIT}個までです。分けて送ってください")
        self.sent = [_read(row) for row in sent]
        large = [row.name for row in self.sent if len(row.content) > FILE_LIMIT_MB * MEGABYTE]
        if large:
            listed = "、".join(large)
            raise ValidationError(
                f"{listed}：1つのファイルは{FILE_LIMIT_MB}MBまでです。分けて送ってください"
            )
        if sum(len(row.content) for row in self.sent) > TOTAL_LIMIT_MB * MEGABYTE:
            raise ValidationError(f"合わせて{TOTAL_LIMIT_MB}MBまでです。分けて送ってください")

    def to_command(self) -> StartImport:
        """Make the command of the form."""
        return StartImport(self.chosen_round, self.sent)


class CommitForm(JaForm):
    """Saving of an import that was checked (取込みの実行)."""


class ExportForm(_RoundForm):
    """Proposals to be taken out (提案の出力)."""

    format = RadioField(
        "形式",
        choices={form.value: FORMAT_LABELS[form] for form in ExportFormat},
        default=ExportFormat.XLSX.value,
        validate_choice=False,
    )
    with_contact = BooleanField("担当部署・連絡先を含める")
    replace = BooleanField("出力できない文字を〓に置き換える")

    def validate_format(self, field: RadioField) -> None:
        """Refuse a form of file that does not exist."""
        if field.data not in list(ExportFormat):
            raise ValidationError("形式を選んでください")

    def to_command(self) -> TakeOut:
        """Make the command of the form."""
        return TakeOut(
            self.chosen_round,
            ExportFormat(self.format.data),
            with_contact=bool(self.with_contact.data),
            is_replacing=bool(self.replace.data),
        )


def _read(sent: FileStorage) -> SentFile:
    name = clean_name(sent.filename or "")
    # One byte more than allowed shows that it is too large.
    return SentFile(name, sent.stream.read(FILE_LIMIT_MB * MEGABYTE + 1))
