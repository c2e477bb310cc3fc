"""Forms of the threads (事前相談の入力様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.consultations.services.settling import End, MakeDraft, TakeUp
from app.consultations.services.writing import FILE_LIMIT_MB, FILES_AT_ONCE, Ask, Upload, Write
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.files.services import Received
from app.proposals.forms.base import StorageLimit, VersionForm
from app.proposals.forms.writing import round_words
from app.rounds.models import Round

SUBJECT_LIMIT = 100  # characters, as 提案概要 has: the subject becomes it
FILES_HELP = (
    f"1回に{FILES_AT_ONCE}個まで、1個{FILE_LIMIT_MB}MBまで、合わせて60MBまで。"
    "xlsx、docx、pdf、csv、png、jpeg を送れます。"
)


def _files() -> MultipleFileField:
    return MultipleFileField("資料", description=FILES_HELP)


def _uploads(field: MultipleFileField) -> list[Upload]:
    # A browser sends an empty part where no file was chosen.
    return [
        Upload(name=sent.filename, content=sent.stream)
        for sent in field.data or ()
        if getattr(sent, "filename", "")
    ]


class AskForm(JaForm):
    """A new thread (事前相談を書く)."""

    subject = StringField(
        "件名",
        [Required(), CharacterLimit(SUBJECT_LIMIT), StorageLimit()],
        filters=[clean],
        description="業務の名前が分かるように。提案にするときは、そのまま提案概要になります。",
    )
    body = TextAreaField(
        "相談の内容",
        [Required(), StorageLimit()],
        filters=[clean],
        description="どの業務で何に困り、何を聞きたいか。まとまっていなくても構いません。",
    )
    round = SelectField(
        "募集回",
        validate_choice=False,
        description="提案を考えている募集回。後で変わっても構いません。",
    )
    files = _files()

    def __init__(self, *args: Any, rounds: Sequence[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = {row.key: row for row in rounds}
        offered = {key: round_words(row) for key, row in self.rounds.items()}
        self.round.choices = {"": "まだ決めていない", **offered}

    def validate_round(self, field: SelectField) -> None:
        """Refuse a round that is not offered."""
        if field.data and field.data not in self.rounds:
            raise ValidationError("募集回を一覧から選んでください")

    def uploads(self) -> list[Upload]:
        """Files that were chosen (資料)."""
        return _uploads(self.files)

    def to_command(self, files: Sequence[Received]) -> Ask:
        """Make the command of the form, with its files as received."""
        return Ask(
            subject=self.subject.data or "",
            body=self.body.data or "",
            round=self.rounds.get(self.round.data or ""),
            files=files,
        )


class WriteForm(VersionForm):
    """A further message; its label says whose it is (追記・回答)."""

    body = TextAreaField("追記", [Required(), StorageLimit()], filters=[clean])
    files = _files()

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body.label.text = label

    def uploads(self) -> list[Upload]:
        """Files that were chosen (資料)."""
        return _uploads(self.files)

    def to_command(self, files: Sequence[Received]) -> Write:
        """Make the command of the form, with its files as received."""
        return Write(version=self.expected_version(), body=self.body.data or "", files=files)


class MakeDraftForm(VersionForm):
    """A draft out of the thread, and for which round (提案の下書きにする)."""

    round = RadioField("どの募集回の下書きにするか", validate_choice=False)

    def __init__(
        self, *args: Any, rounds: Sequence[Round], wanted: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = {row.key: row for row in rounds}
        self.round.choices = {key: round_words(row) for key, row in self.rounds.items()}
        if self.round.data is None and self.rounds:
            self.round.data = wanted if wanted in self.rounds else next(iter(self.rounds))

    def validate_round(self, field: RadioField) -> None:
        """Refuse a round that is not open."""
        if field.data not in self.rounds:
            raise ValidationError("募集中の募集回を選んでください")

    def to_command(self) -> MakeDraft:
        """Make the command of the form."""
        return MakeDraft(version=self.expected_version(), round=self.rounds[self.round.data])


class EndForm(VersionForm):
    """The end of a thread with its reason (相談を終える)."""

    reason = TextAreaField(
        "終える理由",
        [Required(), StorageLimit()],
        filters=[clean],
        description="相談した団体がそのまま読みます。",
    )

    def to_command(self) -> End:
        """Make the command of the form."""
        return End(version=self.expected_version(), reason=self.reason.data or "")


class TakeUpForm(VersionForm):
    """A thread goes on after its end (相談を再開する)."""

    def to_command(self) -> TakeUp:
        """Make the command of the form."""
        return TakeUp(version=self.expected_version())
