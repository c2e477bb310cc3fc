"""Forms of the attachments (添付の様式)."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import FileStorage
from wtforms import FileField, MultipleFileField, RadioField, SelectField
from wtforms.validators import ValidationError

from app.files.services import Received
from app.proposals.forms.base import VersionForm
from app.proposals.models import AttachmentKind
from app.proposals.services.attachments import (
    CHOOSE_FIELD,
    AddAttachments,
    ReplaceAttachment,
    Upload,
)

KIND_CHOICES = {
    AttachmentKind.ANNEX.value: "別紙（項目に書き切れない続き）",
    AttachmentKind.REFERENCE.value: "参考資料",
}


class AttachForm(VersionForm):
    """Files to add, all of one kind (添付の追加)."""

    kind = RadioField(
        "添付の種類",
        choices=KIND_CHOICES,
        default=AttachmentKind.REFERENCE.value,
        validate_choice=False,
    )
    field = SelectField(
        "続きを書いた項目",
        validate_choice=False,
        description="別紙のときに選んでください。参考資料のときは選ばなくて構いません。",
    )
    files = MultipleFileField("ファイル")

    def __init__(self, *args: Any, annex_fields: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.annex_fields = annex_fields
        self.field.choices = {"": "選択なし", **annex_fields}

    def validate_kind(self, field: RadioField) -> None:
        """Refuse a kind that is none."""
        if field.data not in list(AttachmentKind):
            raise ValidationError("添付の種類を選んでください")

    def validate_field(self, field: SelectField) -> None:
        """Ask for the field that an annex continues."""
        is_annex = self.kind.data == AttachmentKind.ANNEX
        if is_annex and field.data not in self.annex_fields:
            raise ValidationError(CHOOSE_FIELD)

    def uploads(self) -> list[Upload]:
        """Return the chosen files; a browser sends an empty one when none was chosen."""
        return [_upload(file) for file in self.files.data or () if _is_chosen(file)]

    def to_command(self, received: tuple[Received, ...]) -> AddAttachments:
        """Make the command of the form for files that were received."""
        return AddAttachments(
            version=self.expected_version(),
            kind=AttachmentKind(self.kind.data),
            field=self.field.data or "",
            files=received,
        )


class ReplaceForm(VersionForm):
    """A new version of one file (添付の差替え)."""

    files = FileField("新しい版のファイル")

    def uploads(self) -> list[Upload]:
        """Return the chosen file, or none."""
        return [_upload(self.files.data)] if _is_chosen(self.files.data) else []

    def to_command(self, received: tuple[Received, ...]) -> ReplaceAttachment:
        """Make the command of the form for the file that was received."""
        return ReplaceAttachment(version=self.expected_version(), file=received[0])


class RemoveForm(VersionForm):
    """Taking a file off (添付の取外し)."""


def _is_chosen(file: Any) -> bool:
    return isinstance(file, FileStorage) and bool(file.filename)


def _upload(file: FileStorage) -> Upload:
    return Upload(name=file.filename or "", content=cast(BinaryIO, file.stream))
