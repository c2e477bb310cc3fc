"""Forms of the watches (見直しの条件の入力様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import ValidationError

from app.accounts.models import User
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, Required, clean
from app.core.text import is_blank
from app.proposals.forms.base import VersionForm, number_in
from app.watches.models import WatchStatus
from app.watches.services import LONGEST, ChangeWatch, CheckWatch, WriteWatch

OUTCOME_LABELS = {
    WatchStatus.OPEN: "まだ満たしていない（見直しを続ける）",
    WatchStatus.MET: "条件を満たした",
    WatchStatus.ENDED: "見直しの必要がなくなった（終わりにする）",
}
OUTCOME_HINTS = {
    WatchStatus.OPEN.value: "次の見直し日を入力してください。",
    WatchStatus.MET.value: "分類は変わりません。総括が仕分け直しか次の募集回かを判断します。",
}
NOT_BEFORE_TODAY = "西暦でも和暦でも入力できます。例：令和7年4月1日、2025-04-01"


class WatchForm(VersionForm):
    """A condition to look at a case again (見直しの条件)."""

    condition = TextAreaField(
        "見直しの条件",
        [Required(), CharacterLimit(LONGEST)],
        filters=[clean],
        description="何が起きたら見直すかを、後の担当者が読んで分かるように書いてください。",
    )
    source = TextAreaField(
        "確かめるところ",
        [Required(), CharacterLimit(LONGEST)],
        filters=[clean],
        description="資料の名前、公表の場所、尋ねる府省庁など。",
    )
    check_on = StringField("見直し日", filters=[clean], description=NOT_BEFORE_TODAY)
    owner_id = SelectField("見直す人", validate_choice=False)
    register_entry_id = SelectField(
        "台帳の行",
        validate_choice=False,
        description="選んだ行が変わるか廃止されると、見直し日の前でも「確認が必要」になります。",
    )
    reason = TextAreaField("変える理由", [CharacterLimit(LONGEST)], filters=[clean])

    def __init__(
        self,
        *args: Any,
        owners: Sequence[User],
        entry_groups: Sequence[tuple[str, list[tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id.choices = {str(user.id): user.display_name for user in owners}
        self.register_entry_id.choices = [
            SelectChoice("", "選ばない"),
            *(
                SelectChoice(value, label, optgroup=group)
                for group, entries in entry_groups
                for value, label in entries
            ),
        ]

    def validate_check_on(self, field: StringField) -> None:
        """Refuse what is no date."""
        _read_date(field)

    def to_command(self) -> WriteWatch:
        """Make the command of the form."""
        return WriteWatch(
            condition=self.condition.data or "",
            source=self.source.data or "",
            check_on=_read_date(self.check_on),
            owner_id=number_in(self.owner_id.data or "") or 0,
            register_entry_id=_entry_id(self.register_entry_id.data or ""),
        )

    def to_change(self) -> ChangeWatch:
        """Make the command of a change."""
        return ChangeWatch(
            version=self.expected_version(),
            text=self.to_command(),
            reason=self.reason.data or "",
        )


class CheckForm(VersionForm):
    """One look at what is watched (見直しの確認)."""

    found = TextAreaField("確かめたこと", [Required(), CharacterLimit(LONGEST)], filters=[clean])
    outcome = RadioField(
        "結果",
        choices={state.value: label for state, label in OUTCOME_LABELS.items()},
        validate_choice=False,
    )
    next_on = StringField("次の見直し日", filters=[clean], description=NOT_BEFORE_TODAY)

    def validate_outcome(self, field: RadioField) -> None:
        """Refuse what is no outcome."""
        if field.data not in list(WatchStatus):
            raise ValidationError("結果を選んでください")

    def validate_next_on(self, field: StringField) -> None:
        """Refuse what is no date."""
        _read_date(field)

    def to_command(self) -> CheckWatch:
        """Make the command of the form."""
        return CheckWatch(
            version=self.expected_version(),
            found=self.found.data or "",
            outcome=WatchStatus(self.outcome.data),
            next_on=_read_date(self.next_on),
        )


def _entry_id(text: str) -> int | None:
    """Row that was chosen, none for nothing; 0, which no row has, for what is no number."""
    if is_blank(text):
        return None
    number = number_in(text)
    return 0 if number is None else number


def _read_date(field: Field) -> date | None:
    typed = field.data or ""
    if is_blank(typed):
        return None
    try:
        return parse_date(typed)
    except DomainError as error:
        raise ValidationError(error.message) from error
