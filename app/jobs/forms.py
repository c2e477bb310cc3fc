"""Forms of the jobs (定期処理の入力様式)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import ValidationError

from app.accounts.forms.fields import IsDate, IsTime, day_in, time_in
from app.accounts.models import User
from app.core import clock
from app.core.forms import JaForm, Required, clean
from app.jobs.services import AddContact, RunByHand

FIRST_YEAR = 2000
NO_USER = 0


class RunForm(JaForm):
    """For which moment a job is run by hand (手動実行)."""

    day = StringField(
        "日付",
        [Required(), IsDate()],
        filters=[clean],
        description="令和6年9月2日、2024-09-02 のどちらの書き方でも入力できます。",
    )
    time = StringField(
        "時刻", [Required(), IsTime()], [clean], description="日本時間。例：8:00、08:00:00"
    )

    @classmethod
    def at(cls, moment: datetime | None) -> "RunForm":
        """Return the form with a moment in it, the newest that was due."""
        if moment is None:
            return cls()
        shown = clock.to_jst(moment)
        return cls(data={"day": shown.date().isoformat(), "time": f"{shown:%H:%M:%S}"})

    def validate_day(self, field: StringField) -> None:
        """Refuse a day before any tick can have been."""
        day = None if field.errors else day_in(field.data)
        if day is not None and day.year < FIRST_YEAR:
            raise ValidationError(f"{FIRST_YEAR}年より前の日は指定できません")

    def to_command(self) -> RunByHand:
        """What was asked for."""
        day = day_in(self.day.data)
        if day is None:
            raise RuntimeError("the form is valid, so there is a day")
        return RunByHand(moment=datetime.combine(day, time_in(self.time.data), tzinfo=clock.JST))


class ContactForm(JaForm):
    """Who is told when a job fails or is late (知らせる相手)."""

    user_id = SelectField("知らせる人", description="システム管理の利用者から選びます。")
    is_for_all = BooleanField("すべての定期処理について知らせる")

    def __init__(self, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user_id.choices = {str(person.id): person.label for person in people}

    def to_command(self) -> AddContact:
        """Who was chosen."""
        text = self.user_id.data or ""
        return AddContact(
            user_id=int(text) if text.isdigit() else NO_USER,
            is_for_all=bool(self.is_for_all.data),
        )
