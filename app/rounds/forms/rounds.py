"""Forms of dates and categories (募集期限・分類の入力様式)."""

from datetime import datetime, time

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core import clock
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm, Required, clean
from app.rounds.services import ChangeClosing, NewCategory
from app.workflow.labels import FOLLOW_UP_LABELS
from app.workflow.states import FollowUp

TIME_WORDS = "時刻は 23:59:59 のように入力してください"


class ClosingForm(JaForm):
    """Another end of a round (募集期限の変更)."""

    day = StringField(
        "新しい締切の日",
        [Required()],
        filters=[clean],
        description="令和6年8月27日、2024-08-27 のどちらの書き方でも入力できます。",
    )
    time = StringField(
        "新しい締切の時刻",
        filters=[clean],
        default="23:59:59",
        description="日本時間。この秒までの提出を期限内とします。",
    )
    reason = TextAreaField(
        "理由",
        [Required()],
        filters=[clean],
        description="募集回の画面に、前の期限と並べて残ります。",
    )

    def validate_day(self, field: StringField) -> None:
        """Refuse a day that cannot be read."""
        try:
            parse_date(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from error

    def validate_time(self, field: StringField) -> None:
        """Refuse a time that cannot be read."""
        try:
            time.fromisoformat(field.data or "")
        except ValueError as error:
            raise ValidationError(TIME_WORDS) from error

    def to_command(self) -> ChangeClosing:
        """Make the command of the form."""
        day = parse_date(self.day.data or "")
        moment = time.fromisoformat(self.time.data or "")
        closes_at = datetime.combine(day, moment.replace(tzinfo=None), tzinfo=clock.JST)
        return ChangeClosing(closes_at=closes_at, reason=self.reason.data or "")


class ExtensionForm(ClosingForm):
    """A later end of a round for one body (期限延長)."""

    organization_id = SelectField("団体", coerce=int)


class CategoryForm(JaForm):
    """A new category of a scheme (分類の追加)."""

    code = StringField("記号", [Required()], filters=[clean], description="表に出る記号。例：F-7")
    key = StringField(
        "キー",
        [Required()],
        filters=[clean],
        description="英小文字で始まる英小文字と数字。例：f7。後から変えられません。",
    )
    group_code = StringField(
        "まとまり", filters=[clean], description="F-1～F-6 のように束ねる記号。例：F"
    )
    label = StringField("名称", [Required()], filters=[clean])
    short_label = StringField("短い名称", [Required()], filters=[clean])
    response_policy = TextAreaField("対応方針", filters=[clean])
    follow_up = SelectField(
        "後続対応", choices={kind.value: FOLLOW_UP_LABELS[kind] for kind in FollowUp}
    )
    is_evidence_required = BooleanField("仕分け意見に、台帳の根拠を必ず求める")

    def to_command(self) -> NewCategory:
        """Make the command of the form."""
        return NewCategory(
            code=self.code.data or "",
            key=self.key.data or "",
            group_code=self.group_code.data or "",
            label=self.label.data or "",
            short_label=self.short_label.data or "",
            response_policy=self.response_policy.data or "",
            follow_up=FollowUp(self.follow_up.data),
            is_evidence_required=bool(self.is_evidence_required.data),
        )
