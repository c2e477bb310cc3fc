"""Forms of the desk of a ministry (府省庁の入力様式)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.accounts.models import Organization, User
from app.consultations.services.writing import FILE_LIMIT_MB, FILES_AT_ONCE, Upload
from app.core.eras import DateFormatError, format_date, parse_date
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import is_blank
from app.files.services import Received
from app.handoffs.models import Handoff, Reply
from app.handoffs.services.acknowledge import Acknowledge
from app.handoffs.services.assign import AssignInside
from app.handoffs.services.draft import ReturnReply, SaveReply, Seen
from app.handoffs.services.refuse import LONGEST_REASON, Refuse
from app.proposals.forms.base import UNKNOWN_VERSION, StorageLimit, VersionForm, number_in
from app.workflow.handoffs import REPLY_KIND_LABELS, ReplyKind

FILES_HELP = (
    f"1回に{FILES_AT_ONCE}個まで、1個{FILE_LIMIT_MB}MBまで。"
    "xlsx、docx、pdf、csv、png、jpeg を送れます。"
)


class AcknowledgeForm(VersionForm):
    """Taking a hand-off (受領)."""

    def to_command(self) -> Acknowledge:
        """Make the command of the form."""
        return Acknowledge(version=self.expected_version())


class AcknowledgeAllForm(JaForm):
    """Taking several at once (まとめて受領): each box carries the id and the version it was of."""

    def chosen(self, boxes: Iterable[str]) -> dict[int, Acknowledge]:
        """Commands by the id of their hand-off; a garbled box is one of no version."""
        found: dict[int, Acknowledge] = {}
        for box in boxes:
            number, _, version = box.partition("-")
            seen = number_in(version)
            found[number_in(number) or 0] = Acknowledge(
                version=UNKNOWN_VERSION if seen is None else seen
            )
        return found


class AssignForm(VersionForm):
    """Who answers inside the ministry (省内の担当)."""

    assignee_id = SelectField("省内の担当", validate_choice=False)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignee_id.choices = {"": "決めない", **{str(row.id): row.label for row in people}}

    def to_command(self) -> AssignInside:
        """Make the command of the form; a word that is no id names nobody known."""
        typed = self.assignee_id.data or ""
        return AssignInside(
            version=self.expected_version(),
            assignee_id=(number_in(typed) or 0) if typed else None,
        )


class RefuseForm(VersionForm):
    """Giving a case back that belongs elsewhere (所管外として返す)."""

    suggested_id = SelectField("所管と思われる府省庁", validate_choice=False)
    reason = TextAreaField(
        "理由", [Required(), CharacterLimit(LONGEST_REASON), StorageLimit()], filters=[clean]
    )

    def __init__(self, *args: Any, ministries: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(row.id): _full_name(row) for row in ministries}
        self.suggested_id.choices = {"": "分からない", **names}

    def to_command(self) -> Refuse:
        """Make the command of the form."""
        typed = self.suggested_id.data or ""
        return Refuse(
            version=self.expected_version(),
            reason=self.reason.data or "",
            suggested_id=(number_in(typed) or 0) if typed else None,
        )


class SeenForm(VersionForm):
    """Form about the reply of a round; `version` is that of the reply, 0 before a first word."""

    round_number = HiddenField()

    def seen(self) -> Seen:
        """What of the reply was on the screen (見ていた回答)."""
        round_number = number_in(self.round_number.data or "")
        return Seen(
            UNKNOWN_VERSION if round_number is None else round_number, self.expected_version()
        )


class ReplyForm(SeenForm):
    """The reply as it is being written (回答の作成)."""

    kind = RadioField("回答の種別", validate_choice=False)
    text = TextAreaField("回答の本文", [StorageLimit()], filters=[clean])
    planned_on = StringField(
        "予定日",
        filters=[clean],
        description="「対応する」「検討する」では必ず書きます。例：令和7年3月31日、R7.3.31、2025-03-31",
    )
    why_different = TextAreaField(
        "前回と違う理由",
        [CharacterLimit(LONGEST_REASON), StorageLimit()],
        filters=[clean],
        description="同じ内容の提案に前の募集で別の種別の回答をしたときに書きます。"
        "公開後、回答といっしょに提案団体が読みます。",
    )
    files = MultipleFileField("添付", description=FILES_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = {row.value: label for row, label in REPLY_KIND_LABELS.items()}

    def validate_kind(self, field: RadioField) -> None:
        """Refuse a kind that is none."""
        if field.data and field.data not in list(ReplyKind):
            raise ValidationError("回答の種別を一覧から選んでください")

    def validate_planned_on(self, field: StringField) -> None:
        """Refuse a text that is no date, in the words of the reader of dates."""
        try:
            self.day()
        except DateFormatError as error:
            raise ValidationError(error.message) from None

    def day(self) -> date | None:
        """Day typed in any way of writing, None for nothing. Raises DateFormatError."""
        typed = self.planned_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def uploads(self) -> list[Upload]:
        """Files that were chosen (添付)."""
        return uploads_in(self.files)

    def to_command(self, files: Sequence[Received]) -> SaveReply:
        """Make the command of the form, with its files as received."""
        return SaveReply(
            seen=self.seen(),
            kind=ReplyKind(self.kind.data) if self.kind.data else None,
            text=self.text.data or "",
            planned_on=self.day(),
            files=files,
            why_different=self.why_different.data or "",
        )


class ReturnForm(SeenForm):
    """Giving a reply back to who wrote it (担当に戻す)."""

    note = TextAreaField(
        "直してほしいこと", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def to_command(self) -> ReturnReply:
        """Make the command of the form."""
        return ReturnReply(seen=self.seen(), note=self.note.data or "")


def uploads_in(field: MultipleFileField) -> list[Upload]:
    """Files that were chosen in a field (添付)."""
    return [
        Upload(name=sent.filename, content=sent.stream)
        for sent in field.data or ()
        if getattr(sent, "filename", "")
    ]


def reply_values(handoff: Handoff, reply: Reply | None, last: Reply | None) -> Mapping[str, Any]:
    """What stands in the form of a reply (回答の初期値): the draft, or the reply before it."""
    shown = reply or last
    return {
        "round_number": handoff.round_number,
        "version": reply.version if reply else 0,
        "kind": shown.kind.value if shown and shown.kind else None,
        "text": shown.text if shown else "",
        "planned_on": format_date(shown.planned_on) if shown and shown.planned_on else "",
        "why_different": (reply.why_different or "") if reply else "",
    }


def _full_name(body: Organization) -> str:
    above = body.parent
    if above is None or body.name.startswith(above.name):
        return body.name
    return f"{above.name} {body.name}"
