"""Forms of the hand-offs of one case, for the secretariat (送付の入力様式)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import ValidationError

from app.accounts.models import Organization
from app.consultations.services.writing import Upload
from app.core.eras import DateFormatError, parse_date
from app.core.forms import CharacterLimit, Required, clean
from app.core.text import is_blank
from app.files.services import Received
from app.handoffs.forms.desk import FILES_HELP, uploads_in
from app.handoffs.models import Handoff, HandoffFile
from app.handoffs.services.dates import Redate
from app.handoffs.services.lead import ChangeLead, FormerLead
from app.handoffs.services.prepare import ChangePrepared, Prepare
from app.handoffs.services.recall import Recall
from app.handoffs.services.reclassify import Decided, Fate, ReclassifyHandedOff, fate_field
from app.handoffs.services.reroute import Reroute
from app.proposals.models import Attachment
from app.triage.forms.base import CaseForm, as_number
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    HANDOFF_PURPOSE_LABELS,
    HANDOFF_STATE_LABELS,
    HandoffPart,
    HandoffPurpose,
)

LONGEST_REQUEST = 2000
LONGEST_REASON = 500
CHOOSE = "選んでください"
NO_DATE = "日付として読めません。例：令和6年8月27日、R6.8.27、2024-08-27"
FATE_LABELS = {Fate.KEEP: "残す", Fate.RECALL: "取り下げる"}
FORMER_LABELS = {
    FormerLead.RELATED: "関係として残す",
    FormerLead.RECALLED: "送付を取り下げる",
}
DESTINATION, PART, PURPOSE = "送付先", "立場", "目的"
PARTS = {part.value: label for part, label in HANDOFF_PART_LABELS.items()}
PURPOSES = {purpose.value: label for purpose, label in HANDOFF_PURPOSE_LABELS.items()}


def _number(value: object) -> int:
    """An id that was sent, 0 for anything else."""
    return value if isinstance(value, int) else as_number(str(value or ""))


def destination_choices(ministries: Sequence[Organization], today: date) -> list[SelectChoice]:
    """Ministries and their units that exist, grouped by ministry (送付先の選択肢)."""
    groups: dict[str, list[SelectChoice]] = {}
    for body in ministries:
        if not body.exists_on(today):
            continue
        way = [body]
        while way[-1].parent is not None:
            way.append(way[-1].parent)
        top = way[-1].name
        # Below its ministry a unit is named by its own way down.
        label = "　".join(step.name for step in way[-2::-1]) or top
        groups.setdefault(top, []).append(SelectChoice(str(body.id), label, optgroup=top))
    return [SelectChoice("", CHOOSE), *(choice for group in groups.values() for choice in group)]


class _DestinationField(SelectField):
    """Where a case goes (送付先); what is not on the list is told by the service."""

    def pre_validate(self, form: Any) -> None:
        """Leave the judgement to the service, which names the successor of a dissolved one."""


class FilesForm(CaseForm):
    """Text and files that go to a destination (依頼文と資料)."""

    request_text = TextAreaField(
        "依頼文", [Required(), CharacterLimit(LONGEST_REQUEST)], filters=[clean]
    )
    attachment_ids = SelectMultipleField(
        "送付する資料", coerce=_number, validate_choice=False, default=()
    )

    kept_files = SelectMultipleField(
        "事務局が付けた資料", coerce=_number, validate_choice=False, default=()
    )
    files = MultipleFileField("事務局が付ける資料", description=FILES_HELP)

    def offer_files(self, files: Sequence[Attachment], own: Sequence[HandoffFile] = ()) -> None:
        """Offer the files the case has now (今の添付), and those that were added before."""
        self.attachment_ids.choices = {str(row.id): row.file.name for row in files}
        self.kept_files.choices = {
            str(row.id): row.stored_file.name for row in own if row.stored_file is not None
        }

    def chosen_files(self) -> tuple[int, ...]:
        """Ids of the chosen files of the case."""
        return tuple(dict.fromkeys(self.attachment_ids.data or ()))

    def kept(self) -> tuple[int, ...]:
        """Ids of the files that were added before and stay."""
        return tuple(dict.fromkeys(self.kept_files.data or ()))

    def uploads(self) -> list[Upload]:
        """Files that were chosen to be added (付ける資料)."""
        return uploads_in(self.files)


class PrepareForm(FilesForm):
    """Preparing a hand-off (送付の準備)."""

    destination_id = _DestinationField(DESTINATION, coerce=_number, validate_choice=False)
    part = RadioField(PART, [Required(CHOOSE)], choices=PARTS)
    purpose = RadioField(PURPOSE, [Required(CHOOSE)], choices=PURPOSES)
    reason = TextAreaField(
        "この分類の提案を送付する理由", [CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def to_command(self, files: Sequence[Received] = ()) -> Prepare:
        """Make the command of the form, with its files as received."""
        return Prepare(
            version=self.opened_version,
            destination_id=self.destination_id.data or 0,
            part=HandoffPart(self.part.data),
            purpose=HandoffPurpose(self.purpose.data),
            request_text=self.request_text.data or "",
            attachment_ids=self.chosen_files(),
            files=files,
            reason=self.reason.data or "",
        )


class ChangePreparedForm(FilesForm):
    """Changing what was not sent yet (送付前の変更)."""

    purpose = RadioField(PURPOSE, [Required(CHOOSE)], choices=PURPOSES)

    def to_command(self, files: Sequence[Received] = ()) -> ChangePrepared:
        """Make the command of the form, with its files as received."""
        return ChangePrepared(
            version=self.opened_version,
            purpose=HandoffPurpose(self.purpose.data),
            request_text=self.request_text.data or "",
            attachment_ids=self.chosen_files(),
            kept_files=self.kept(),
            files=files,
        )


class RerouteForm(FilesForm):
    """Sending on what was refused (送り直し)."""

    destination_id = _DestinationField(DESTINATION, coerce=_number, validate_choice=False)

    def to_command(self, files: Sequence[Received] = ()) -> Reroute:
        """Make the command of the form, with its files as received."""
        return Reroute(
            version=self.opened_version,
            destination_id=self.destination_id.data or 0,
            request_text=self.request_text.data or "",
            attachment_ids=self.chosen_files(),
            kept_files=self.kept(),
            files=files,
        )


class HandoffActForm(CaseForm):
    """An act on a hand-off without anything to write (送付・取りやめ)."""


class RecallForm(CaseForm):
    """Taking a hand-off back (送付の取下げ)."""

    reason = TextAreaField(
        "取り下げる理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def to_command(self) -> Recall:
        """Make the command of the form."""
        return Recall(version=self.opened_version, reason=self.reason.data or "")


class RedateForm(CaseForm):
    """Another date for a destination (送付の期限の変更)."""

    due_on = StringField("新しい期限", [Required()], filters=[clean])
    reason = TextAreaField(
        "変える理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def validate_due_on(self, field: StringField) -> None:
        """Refuse what cannot be read as a date."""
        try:
            self.day()
        except DateFormatError as error:
            raise ValidationError(NO_DATE) from error

    def day(self) -> date | None:
        """The day that was typed. Raises DateFormatError."""
        typed = self.due_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self) -> Redate:
        """Make the command of the form."""
        return Redate(version=self.opened_version, due_on=self.day(), reason=self.reason.data or "")


class ChangeLeadForm(CaseForm):
    """Another ministry in the lead (主管の変更)."""

    destination_id = _DestinationField("新しい主管", coerce=_number, validate_choice=False)
    former = RadioField(
        "前の主管",
        choices={fate.value: label for fate, label in FORMER_LABELS.items()},
        validate_choice=False,
    )
    request_text = TextAreaField(
        "新しい主管への依頼文", [CharacterLimit(LONGEST_REQUEST)], filters=[clean]
    )
    reason = TextAreaField(
        "変更する理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def to_command(self) -> ChangeLead:
        """Make the command of the form; an unknown choice is none."""
        chosen = self.former.data
        return ChangeLead(
            version=self.opened_version,
            destination_id=self.destination_id.data or 0,
            former=FormerLead(chosen) if chosen in list(FormerLead) else None,
            request_text=self.request_text.data or "",
            reason=self.reason.data or "",
        )


class ReclassifyHandedOffForm(CaseForm):
    """Classifying anew a case that is with ministries (送付中の仕分け直し)."""

    reason = TextAreaField(
        "仕分け直す理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def fates(self) -> Mapping[int, tuple[int, Fate]]:
        """What was chosen, by the id of the hand-off, with the version that was looked at."""
        chosen: dict[int, tuple[int, Fate]] = {}
        for name, field in self._fields.items():
            if name.startswith("fate_") and field.data in list(Fate):
                number = as_number(name.removeprefix("fate_"))
                chosen[number] = (as_number(self._fields[f"seen_{number}"].data), Fate(field.data))
        return chosen

    def to_command(self) -> ReclassifyHandedOff:
        """Make the command of the form."""
        return ReclassifyHandedOff(
            version=self.opened_version,
            reason=self.reason.data or "",
            decided=tuple(
                Decided(number, version, fate) for number, (version, fate) in self.fates().items()
            ),
        )


def reclassify_form(rows: Sequence[Handoff], version: int) -> ReclassifyHandedOffForm:
    """Make the form with a choice for each open hand-off (送付の扱い)."""
    choices = {fate.value: label for fate, label in FATE_LABELS.items()}
    fields: dict[str, Any] = {}
    for row in rows:
        label = f"{row.destination.name}（{HANDOFF_STATE_LABELS[row.state]}）"
        fields[fate_field(row)] = RadioField(label, choices=choices, validate_choice=False)
        fields[f"seen_{row.id}"] = HiddenField(default=str(row.version))
    made: type[ReclassifyHandedOffForm] = type("FatesForm", (ReclassifyHandedOffForm,), fields)
    return made(version=version)
