"""Forms of the meetings (会議の入力様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm, Required, clean
from app.core.text import is_blank
from app.meetings.models import LONGEST_TITLE, ItemOutcome
from app.meetings.services.preparing import MakeMeeting
from app.meetings.services.running import RecordItem
from app.proposals.forms.base import UNKNOWN_VERSION, StorageLimit, VersionForm, number_in
from app.proposals.models import Proposal
from app.rounds.models import Category, Round
from app.triage.earlier import Treatment
from app.triage.forms.base import category_choices
from app.triage.forms.why_different import WHY_DIFFERENT, why_different_label
from app.triage.services.assess import Evidence

OUTCOME_LABELS = {
    ItemOutcome.PROPOSED: "分類を決めた（仕分け意見として登録し、ほかの人が確認する）",
    ItemOutcome.DEFERRED: "次に持ち越す",
    ItemOutcome.NOTED: "記録だけ残す",
}


class MeetingForm(JaForm):
    """A meeting with its agenda from a saved list (会議の準備)."""

    title = StringField("会議の名前", [Required(), StorageLimit(LONGEST_TITLE)], filters=[clean])
    held_on = StringField("開催日", filters=[clean])
    list_id = SelectField(
        "議題にする一覧",
        validate_choice=False,
        description="保存した一覧に今ある提案が、受付番号の順に議題になります。後から足せます。",
    )

    def __init__(self, *args: Any, lists: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(list_id): name for list_id, name in lists}
        self.list_id.choices = {"": "議題は後で入れる", **self.offered}

    def validate_held_on(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        try:
            self.day()
        except DomainError as error:
            raise ValidationError(error.message) from error

    def validate_list_id(self, field: SelectField) -> None:
        """Refuse a list that is not offered."""
        if field.data and field.data not in self.offered:
            raise ValidationError("議題にする一覧を選び直してください")

    def day(self) -> date | None:
        """Day typed in either way of writing, None for nothing typed. Raises DateFormatError."""
        typed = self.held_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self, round_: Round, proposals: Sequence[Proposal]) -> MakeMeeting:
        """Make the command of the form, with the cases of the chosen list."""
        return MakeMeeting(
            round=round_,
            title=self.title.data or "",
            held_on=self.day(),
            proposals=proposals,
        )


class MeetingStepForm(VersionForm):
    """A step of the meeting: next item, order, end (会議の進行)."""


class AddItemForm(VersionForm):
    """One more case for the agenda (議題の追加)."""

    receipt_number = StringField("受付番号", [Required()], filters=[clean])


class RecordForm(VersionForm):
    """What was said and decided on a case (議題の記録)."""

    case_version = HiddenField()
    outcome = RadioField("結果", validate_choice=False)
    category_key = SelectField("分類", validate_choice=False)
    entry_id = SelectField("根拠の台帳の行", validate_choice=False)
    quote = StringField("提案の中の文", filters=[clean])
    minutes = TextAreaField(
        "議事の記録",
        [StorageLimit()],
        filters=[clean],
        description="分類を決めたときは、仕分け意見の理由になります。提案団体と府省庁には見えません。",
    )

    # Shown where the same matter was settled in an earlier round (前の回の扱い).
    why_different = TextAreaField(WHY_DIFFERENT, [StorageLimit()], filters=[clean])

    def __init__(
        self,
        *args: Any,
        categories: Sequence[Category],
        earlier: Sequence[Treatment] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.earlier = earlier
        self.why_different.label.text = why_different_label(earlier)
        self.outcome.choices = {row.value: label for row, label in OUTCOME_LABELS.items()}
        self.category_key.choices = category_choices(categories, none="決めていない")

    def to_command(self) -> RecordItem:
        """Make the command of the form."""
        entry_id = number_in(self.entry_id.data or "")
        case_version = number_in(self.case_version.data or "")
        known = self.outcome.data in list(ItemOutcome)
        return RecordItem(
            version=self.expected_version(),
            case_version=UNKNOWN_VERSION if case_version is None else case_version,
            outcome=ItemOutcome(self.outcome.data) if known else ItemOutcome.WAITING,
            minutes=self.minutes.data or "",
            category_key=self.category_key.data or "",
            why_different=self.why_different.data or "",
            evidence=()
            if entry_id is None
            else (Evidence(register_entry_id=entry_id, quote=self.quote.data or ""),),
        )
