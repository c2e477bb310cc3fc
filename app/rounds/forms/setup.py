"""Forms that set a round up (募集回の複製・設定の様式)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from wtforms import BooleanField, Field, RadioField, StringField
from wtforms.validators import ValidationError

from app.core import clock
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm, Required, clean
from app.rounds.forms.rounds import TIME_WORDS
from app.rounds.models import Round
from app.rounds.services.cloning import CloneRound
from app.rounds.services.settings import EditRound
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Term

DATE_HELP = "令和7年8月27日、2025-08-27 のどちらの書き方でも入力できます。"
NO_NUMBER = -1


def _number(value: Any) -> int:
    """Read a whole number; anything else is one that no limit allows, and the service says so."""
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else NO_NUMBER


class CloneForm(JaForm):
    """The next round (募集回の複製)."""

    key = StringField(
        "記号", [Required()], filters=[clean], description="受付番号の頭に付きます。例：R7"
    )
    label = StringField("短い名称", [Required()], filters=[clean], description="例：令和7年")
    name = StringField("名称", [Required()], filters=[clean])
    opens_on = StringField("募集開始の日", [Required()], filters=[clean], description=DATE_HELP)
    opens_time = StringField("募集開始の時刻", [Required()], filters=[clean])
    closes_on = StringField("締切の日", [Required()], filters=[clean], description=DATE_HELP)
    closes_time = StringField(
        "締切の時刻",
        [Required()],
        filters=[clean],
        description="日本時間。この秒までの提出を期限内とします。",
    )
    is_practice = BooleanField(
        "練習用にする",
        description="練習用の募集回の提案は、件数、書出し、メールに入りません。",
    )

    @classmethod
    def filled(cls, suggestion: CloneRound) -> "CloneForm":
        """Return the form with a suggestion in it."""
        opens, closes = clock.to_jst(suggestion.opens_at), clock.to_jst(suggestion.closes_at)
        return cls(
            data={
                "key": suggestion.key,
                "label": suggestion.label,
                "name": suggestion.name,
                "opens_on": opens.date().isoformat(),
                "opens_time": f"{opens:%H:%M:%S}",
                "closes_on": closes.date().isoformat(),
                "closes_time": f"{closes:%H:%M:%S}",
            }
        )

    def validate_opens_on(self, field: StringField) -> None:
        """Refuse a day that cannot be read."""
        _check_day(field)

    def validate_closes_on(self, field: StringField) -> None:
        """Refuse a day that cannot be read."""
        _check_day(field)

    def validate_opens_time(self, field: StringField) -> None:
        """Refuse a time that cannot be read."""
        _check_time(field)

    def validate_closes_time(self, field: StringField) -> None:
        """Refuse a time that cannot be read."""
        _check_time(field)

    def to_command(self) -> CloneRound:
        """Make the command of the form."""
        return CloneRound(
            key=self.key.data or "",
            label=self.label.data or "",
            name=self.name.data or "",
            opens_at=_instant(self.opens_on, self.opens_time),
            closes_at=_instant(self.closes_on, self.closes_time),
            is_practice=bool(self.is_practice.data),
        )


class SettingsForm(JaForm):
    """Settings of a round (募集回の設定); one field a term is added for each round."""

    label = StringField("短い名称", [Required()], filters=[clean], description="例：令和6年")
    name = StringField("名称", [Required()], filters=[clean])
    reviewers_required = RadioField(
        "仕分けの人数",
        choices={"2": "2人（意見と確認）", "1": "1人"},
        validate_choice=False,
    )
    is_second_opinion_blind = BooleanField(
        "2人目は1人目の意見を見ずに判断する",
        description="2人目が自分の意見を登録するまで、1人目の意見はどの画面にも出ません。",
    )
    silent_after_days = StringField(
        "動きのない提案とする日数（開庁日）",
        [Required()],
        filters=[clean],
        description="この日数のあいだ何の操作もない提案を、総括の仕分けの一覧に出します。",
    )
    revisit_until = StringField(
        "ペンディングの見直し日の限度",
        filters=[clean],
        description="この日より後の見直し日を選べなくします。空欄なら限度はありません。"
        + DATE_HELP,
    )
    attachment_file_limit_mb = StringField("1ファイルの上限（MB）", [Required()], filters=[clean])
    attachment_total_limit_mb = StringField(
        "1件の提案の合計の上限（MB）", [Required()], filters=[clean]
    )
    attachment_count_limit = StringField(
        "1件の提案のファイル数の上限", [Required()], filters=[clean]
    )

    def to_command(self) -> EditRound:
        """Make the command of the form."""
        return EditRound(
            label=self.label.data or "",
            name=self.name.data or "",
            reviewers_required=_number(self.reviewers_required.data),
            attachment_file_limit_mb=_number(self.attachment_file_limit_mb.data),
            attachment_total_limit_mb=_number(self.attachment_total_limit_mb.data),
            attachment_count_limit=_number(self.attachment_count_limit.data),
            office_days={term: _number(self[term.value].data) for term in self.terms()},
            is_second_opinion_blind=bool(self.is_second_opinion_blind.data),
            silent_after_days=_number(self.silent_after_days.data),
            revisit_until=parse_date(self.revisit_until.data) if self.revisit_until.data else None,
        )

    def validate_revisit_until(self, field: StringField) -> None:
        """Refuse a day that cannot be read; nothing stands for no limit."""
        if field.data:
            _check_day(field)

    def terms(self) -> Sequence[Term]:
        """Terms whose length the form asks for, in the order of the work (期限)."""
        return [term for term in Term if term.value in self._fields]

    def term_fields(self) -> list[Field]:
        """Fields of the terms (期限の日数の欄)."""
        return [self[term.value] for term in self.terms()]


def settings_form(round_: Round) -> SettingsForm:
    """Return the form of one round's settings, filled with what holds now (募集回の設定)."""
    terms = {row.term: row.office_days for row in round_.terms}
    fields: Mapping[str, Any] = {
        term.value: StringField(f"{TERM_LABELS[term]}（開庁日）", [Required()], filters=[clean])
        for term in Term
        if term in terms
    }
    form_class = type("SettingsFormOfRound", (SettingsForm,), dict(fields))
    form: SettingsForm = form_class(
        data={
            "label": round_.label,
            "name": round_.name,
            "reviewers_required": str(round_.reviewers_required),
            "is_second_opinion_blind": round_.is_second_opinion_blind,
            "silent_after_days": str(round_.silent_after_days),
            "revisit_until": round_.revisit_until.isoformat() if round_.revisit_until else "",
            "attachment_file_limit_mb": str(round_.attachment_file_limit_mb),
            "attachment_total_limit_mb": str(round_.attachment_total_limit_mb),
            "attachment_count_limit": str(round_.attachment_count_limit),
            **{term.value: str(days) for term, days in terms.items()},
        }
    )
    return form


def _check_day(field: StringField) -> None:
    try:
        parse_date(field.data or "")
    except DomainError as error:
        raise ValidationError(error.message) from error


def _check_time(field: StringField) -> None:
    try:
        time.fromisoformat(field.data or "")
    except ValueError as error:
        raise ValidationError(TIME_WORDS) from error


def _instant(day: StringField, moment: StringField) -> datetime:
    read = time.fromisoformat(moment.data or "").replace(tzinfo=None)
    return datetime.combine(parse_date(day.data or ""), read, tzinfo=clock.JST)
