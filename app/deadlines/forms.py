"""Forms of calendar, extensions and terms (暦・延長・日数の入力様式)."""

from datetime import date
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import is_blank
from app.deadlines.services.calendar import (
    LONGEST_NAME,
    AddClosingDay,
    ConfirmYear,
    WithdrawClosingDay,
)
from app.deadlines.services.extensions import LONGEST_REASON, Decide, Extend
from app.deadlines.services.terms import Recount
from app.triage.forms.base import CaseForm, as_number

LONGEST_BASIS = 300  # characters
APPROVE, REFUSE = "approve", "refuse"
NO_YEAR = "画面を開き直してから、もう一度操作してください"


class ClosingDayForm(JaForm):
    """A closed day to come (臨時の閉庁日)."""

    day = StringField("閉庁する日", [Required()], filters=[clean])
    name = StringField(
        "名前",
        [Required(), CharacterLimit(LONGEST_NAME)],
        filters=[clean],
        description="期限の計算の内訳に、この名前で出ます。例：即位礼正殿の儀",
    )
    basis = TextAreaField(
        "根拠",
        [Required(), CharacterLimit(LONGEST_BASIS)],
        filters=[clean],
        description="法律の名前や庁内の決定など。監査証跡に残ります。",
    )
    agreed = HiddenField()

    def validate_day(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        _check_date(field)

    def to_command(self) -> AddClosingDay:
        """Make the command of a valid form."""
        return AddClosingDay(
            day=parse_date(self.day.data or ""),
            name=self.name.data or "",
            basis=self.basis.data or "",
            agreed=self.agreed.data or "",
        )


class WithdrawClosingDayForm(JaForm):
    """A closed day that was a mistake (閉庁日の取消し)."""

    reason = TextAreaField(
        "取り消す理由", [Required(), CharacterLimit(LONGEST_BASIS)], filters=[clean]
    )
    agreed = HiddenField()

    def to_command(self) -> WithdrawClosingDay:
        """Make the command of a valid form."""
        return WithdrawClosingDay(reason=self.reason.data or "", agreed=self.agreed.data or "")


class RecountForm(JaForm):
    """Running periods under the present terms (進行中の期限の数え直し)."""

    reason = TextAreaField(
        "数え直す理由", [Required(), CharacterLimit(LONGEST_BASIS)], filters=[clean]
    )
    agreed = HiddenField()

    def to_command(self) -> Recount:
        """Make the command of a valid form."""
        return Recount(reason=self.reason.data or "", agreed=self.agreed.data or "")


class ConfirmYearForm(JaForm):
    """A further year whose holidays were compared (年の確定)."""

    year = IntegerField("年", [InputRequired(NO_YEAR)], widget=HiddenInput())
    basis = TextAreaField(
        "何と見比べたか",
        [Required(), CharacterLimit(LONGEST_BASIS)],
        filters=[clean],
        description="例：令和10年暦要項（官報の日付と号）。春分の日と秋分の日を確かめてください。",
    )

    def to_command(self) -> ConfirmYear:
        """Make the command of a valid form."""
        return ConfirmYear(year=self.year.data or 0, basis=self.basis.data or "")


class ExtendForm(CaseForm):
    """A later date with its reason (期限の延長・延長の申請)."""

    due_on = StringField("延長後の期限", filters=[clean])
    reason = TextAreaField("延長する理由", [CharacterLimit(LONGEST_REASON)], filters=[clean])

    def validate_due_on(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        _check_date(field)

    def to_command(self) -> Extend:
        """Make the command of a valid form."""
        return Extend(
            version=self.opened_version,
            due_on=_date(self.due_on.data),
            reason=self.reason.data or "",
        )


class DecideForm(CaseForm):
    """What a lead says to a request (延長申請の決定)."""

    request_id = HiddenField()
    decision = RadioField(
        "決定",
        choices={APPROVE: "認める", REFUSE: "認めない"},
        validate_choice=False,
    )
    reason = TextAreaField(
        "理由",
        [CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="認めないときは必ず書いてください。申請した人が読みます。",
    )

    def to_command(self) -> Decide:
        """Make the command of a valid form."""
        chosen = {APPROVE: True, REFUSE: False}
        return Decide(
            version=self.opened_version,
            request_id=as_number(self.request_id.data),
            is_approved=chosen.get(self.decision.data or ""),
            reason=self.reason.data or "",
        )


def _date(text: str | None) -> date | None:
    return None if text is None or is_blank(text) else parse_date(text)


def _check_date(field: Any) -> None:
    try:
        _date(field.data)
    except DomainError as error:
        raise ValidationError(error.message) from error
