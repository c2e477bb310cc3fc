"""What the forms of the accounts share (共通の項目): roles, days, versions."""

from datetime import date, time
from typing import Any

from wtforms import Field, HiddenField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm
from app.core.text import is_blank

LOGIN_SHAPE = r"^[a-z0-9._-]{1,64}$"
LOGIN_WORDS = "ログインIDは、英小文字・数字・ハイフン・ドット・下線で64文字以内にしてください"
TIME_WORDS = "時刻は、8:00 または 08:00:00 の形で入力してください"
WRONG_EMAIL = "メールアドレスの形を確かめてください"
LONGEST_VERSION = 9  # digits; anything longer is no version of ours
NO_VERSION = -1


class RolesField(SelectMultipleField):
    """Roles as boxes to tick (役割)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not among the choices. Raises ValidationError."""
        known = {value for value, *_rest in self.iter_choices()}
        if not known.issuperset(self.data or ()):
            raise ValidationError("一覧から選んでください")


class StorageLimit:
    """Validator: at most `limit` code points, which is what the column holds (保存できる長さ)."""

    def __init__(self, limit: int) -> None:
        # Not called `limit`: no counter is shown for a short field.
        self.longest = limit

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError with the limit in words."""
        if len(field.data or "") > self.longest:
            raise ValidationError(f"{field.label.text}は{self.longest}文字以内で入力してください")


class IsDate:
    """Validator: nothing, or a day as people write it (令和6年8月27日, R6.8.27, 2024-08-27)."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError for a text that is no day."""
        try:
            day_in(field.data)
        except DomainError as error:
            raise ValidationError(error.message) from error


def day_in(text: str | None) -> date | None:
    """Day that a field names, None for nothing typed. Raises DateFormatError."""
    return None if is_blank(text) else parse_date(text or "")


class IsTime:
    """Validator: nothing, or a time of the day as people write it (8:00, 08:00, 08:00:00)."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError for a text that is no time."""
        if is_blank(field.data):
            return
        try:
            time_in(field.data)
        except ValueError as error:
            raise ValidationError(TIME_WORDS) from error


def time_in(text: str | None) -> time:
    """Time of the day that a field names, without zone. Raises ValueError."""
    hour, _, rest = (text or "").strip().partition(":")
    # 8:00 as people write it, 08:00 as the standard wants it.
    return time.fromisoformat(f"{hour:0>2}:{rest}").replace(tzinfo=None)


class BodyForm(JaForm):
    """A form about one body; `version` is the version it was opened with (P05)."""

    version = HiddenField()

    def opened_version(self) -> int:
        """Version of the body the form was opened with; a stale one when it was lost."""
        text = self.version.data or ""
        is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION
        return int(text) if is_number else NO_VERSION
