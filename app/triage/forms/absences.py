"""Form of an absence with its deputy (不在・代理の入力様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField

from app.accounts.forms.fields import IsDate, day_in
from app.accounts.models import User
from app.core.forms import CharacterLimit, JaForm, clean
from app.triage.forms.base import as_number
from app.triage.forms.conflicts import people_choices
from app.triage.services.absences import RegisterAbsence

LONGEST_NOTE = 200
EXAMPLE = "例：令和6年8月27日、R6.8.27"


class AbsenceForm(JaForm):
    """Days away and who stands in (不在の登録)."""

    user_id = SelectField("不在の人", validate_choice=False)
    starts_on = StringField("不在の初日", [IsDate()], [clean], description=EXAMPLE)
    ends_on = StringField("不在の末日", [IsDate()], [clean], description=EXAMPLE)
    deputy_id = SelectField(
        "代理",
        validate_choice=False,
        description="不在の間、この人が担当の提案を仕分けられます。",
    )
    note = StringField("メモ", [CharacterLimit(LONGEST_NOTE)], [clean])

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id.choices = people_choices(people)
        self.deputy_id.choices = people_choices(people, none="代理なし")

    def to_command(self) -> RegisterAbsence:
        """Make the command of the form."""
        return RegisterAbsence(
            user_id=as_number(self.user_id.data),
            starts_on=day_in(self.starts_on.data),
            ends_on=day_in(self.ends_on.data),
            deputy_id=as_number(self.deputy_id.data) or None,
            note=self.note.data or "",
        )
