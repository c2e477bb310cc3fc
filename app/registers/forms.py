"""Forms of the registers (台帳の様式)."""

import json
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.core.eras import format_date
from app.core.errors import InvalidInput
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.registers.content import LONGEST_ALIAS, content_of, texts_of
from app.registers.models import ALIAS_KIND_LABELS, AliasKind, Register, RegisterEntry
from app.registers.services.editing import (
    LONGEST_REASON,
    AddAlias,
    AddEntry,
    ChangeEntry,
    RemoveAlias,
    RetireEntry,
)
from app.registers.services.importing import ImportPlan, ImportRegister
from app.registers.services.reading import MAX_ROWS, FileRow
from app.registers.structure import FIELDS_OF, EntryField, FieldKind

FILE_LIMIT_BYTES = 2 * 1024 * 1024
BROKEN = "確かめた内容を読み取れません。ファイルをもう一度選んでください。"


def _reason(label: str = "理由") -> TextAreaField:
    return TextAreaField(
        label,
        [Required(), CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="台帳の履歴に残ります。",
    )


class _VersionForm(JaForm):
    """A form about a row as it was on the screen (版の確認)."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class EntryForm(JaForm):
    """The columns of a row (行の様式); `entry_form` adds those of its register."""

    version = HiddenField()
    reason = _reason("変える理由")
    columns: tuple[EntryField, ...] = ()

    def texts(self) -> dict[str, str]:
        """What was typed, by column (入力した文字)."""
        return {column.name: self[f"entry_{column.name}"].data or "" for column in self.columns}

    def to_addition(self) -> AddEntry:
        """Return the command of a new row."""
        return AddEntry(texts=self.texts(), reason=self.reason.data or "")

    def to_change(self) -> ChangeEntry:
        """Return the command of a change; a version that is no number is none of the row."""
        text = self.version.data or ""
        version = int(text) if text.isdecimal() and len(text) < 9 else 0
        return ChangeEntry(version=version, texts=self.texts(), reason=self.reason.data or "")

    def add_column_errors(self, error: InvalidInput) -> None:
        """Put the refusals of the service at the fields of the columns (列の指摘)."""
        names = {column.name for column in self.columns}
        self.add_errors(
            {
                f"entry_{name}" if name in names else name: words
                for name, words in error.errors.items()
            }
        )


def entry_form(register: Register, entry: RegisterEntry | None = None) -> EntryForm:
    """Return the form of a row of the register, filled with the row if there is one (行の様式)."""
    columns = FIELDS_OF[register]
    fields = {f"entry_{column.name}": _field(column) for column in columns}
    form_class = type("EntryForm", (EntryForm,), {**fields, "columns": columns})
    if entry is None:
        form: EntryForm = form_class()
        form.reason.label.text = "加える理由"
        return form
    texts = texts_of(content_of(entry))
    data = {f"entry_{column.name}": _shown(column, entry, texts) for column in columns}
    filled: EntryForm = form_class(data={**data, "version": str(entry.content_version)})
    return filled


def _field(column: EntryField) -> StringField | TextAreaField:
    kind = TextAreaField if column.kind is FieldKind.TEXT else StringField
    validators: list[Any] = [Required()] if column.is_required else []
    if column.kind in (FieldKind.LINE, FieldKind.TEXT):
        validators.append(CharacterLimit(column.limit))
    return kind(column.label, validators, filters=[clean], description=column.help)


def _shown(column: EntryField, entry: RegisterEntry, texts: dict[str, str]) -> str:
    if column.kind is FieldKind.DATE:
        return format_date(entry.as_of)
    return texts[column.name]


class RetireForm(_VersionForm):
    """A row that goes out of use, or comes back (廃止・廃止の取消し)."""

    reason = _reason()

    def to_command(self) -> RetireEntry:
        """Return the command."""
        return RetireEntry(version=self.version.data or 0, reason=self.reason.data or "")


class AliasForm(_VersionForm):
    """Another word for a row (別名の追加)."""

    text = StringField(
        "別名",
        [Required(), CharacterLimit(LONGEST_ALIAS)],
        filters=[clean],
        description="提案の本文に書かれる言い方。2文字以上",
    )
    kind = SelectField(
        "種類", choices={kind.value: label for kind, label in ALIAS_KIND_LABELS.items()}
    )
    reason = StringField(
        "この行を指す理由",
        [Required(), CharacterLimit(300)],
        filters=[clean],
        description="例：出典の資料が使う略称",
    )

    def to_command(self) -> AddAlias:
        """Return the command."""
        return AddAlias(
            version=self.version.data or 0,
            text=self.text.data or "",
            kind=AliasKind(self.kind.data),
            reason=self.reason.data or "",
        )


class RemoveAliasForm(_VersionForm):
    """An alias that is taken away (別名の削除)."""

    reason = _reason("外す理由")

    def to_command(self, alias_id: int) -> RemoveAlias:
        """Return the command."""
        return RemoveAlias(
            version=self.version.data or 0, alias_id=alias_id, reason=self.reason.data or ""
        )


class UploadForm(JaForm):
    """A file to be looked at (取込みの確認)."""

    file = FileField(
        "台帳のファイル",
        description=f"この台帳を出力して直したExcel（.xlsx）かCSV。2MB、{MAX_ROWS}行まで",
    )

    def validate_file(self, field: FileField) -> None:
        """Refuse a missing, empty or large file."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError("ファイルを選んでください")
        self.content = field.data.read(FILE_LIMIT_BYTES + 1)
        if not self.content:
            raise ValidationError("ファイルが空です。中身のあるファイルを選んでください")
        if len(self.content) > FILE_LIMIT_BYTES:
            raise ValidationError("ファイルが2MBを超えています。行を減らしてください")


class ImportForm(JaForm):
    """A file whose effects are on the screen (取込み)."""

    rows = HiddenField()
    seen = HiddenField()
    retire = SelectMultipleField(
        "廃止する行",
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    reason = _reason("取り込む理由")

    @classmethod
    def of_plan(cls, plan: ImportPlan, rows: list[FileRow]) -> "ImportForm":
        """Return the form that carries a plan to its confirmation; nothing is typed yet."""
        form = cls(formdata=None)
        form.rows.data = json.dumps([[row.row, row.texts] for row in rows], ensure_ascii=False)
        form.seen.data = plan.seen
        return form

    def file_rows(self) -> list[FileRow]:
        """The rows that were looked at. Raises InvalidInput for anything else."""
        try:
            listed = json.loads(self.rows.data or "")
            rows = [
                FileRow(int(row), {str(name): str(text) for name, text in texts.items()})
                for row, texts in listed
            ]
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidInput({"": [BROKEN]}) from error
        if not 0 < len(rows) <= MAX_ROWS:
            raise InvalidInput({"": [BROKEN]})
        return rows

    def to_command(self, rows: list[FileRow]) -> ImportRegister:
        """Return the command."""
        ids = {text for text in self.retire.data or [] if text.isdecimal() and len(text) < 10}
        return ImportRegister(
            rows=rows,
            seen=self.seen.data or "",
            retire_ids=frozenset(map(int, ids)),
            reason=self.reason.data or "",
        )
