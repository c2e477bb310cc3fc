"""Form of the tokens (APIトークンの入力様式)."""

from collections.abc import Iterable

from wtforms import RadioField, StringField
from wtforms.validators import ValidationError

from app.accounts.forms import IdentityForm
from app.accounts.forms.fields import IsDate, RolesField, StorageLimit, day_in
from app.core.forms import Required, clean
from app.rounds.models import Round
from app.tokens.services import NO_ROUND, MakeToken

LONGEST_NAME = 100
ALL, CHOSEN = "all", "chosen"


class TokenForm(IdentityForm):
    """What a token is for, what it reads and until when (APIトークンの発行)."""

    name = StringField(
        "用途",
        [Required(), StorageLimit(LONGEST_NAME)],
        [clean],
        description="あとで見分けるための名前。例：庁内の進行管理表への取込み",
    )
    reach = RadioField(
        "読める募集回",
        choices={ALL: "すべて（これから始まる募集回も含む）", CHOSEN: "選んだ募集回だけ"},
        default=CHOSEN,
    )
    rounds = RolesField("募集回")
    body_code = StringField(
        "読める団体",
        filters=[clean],
        description="1つの団体だけにするときは、その団体コード。空欄は、すべての団体です。",
    )
    expires_on = StringField(
        "期限の日",
        [Required(), IsDate()],
        [clean],
        description="この日まで使えます。長くて1年。例：令和7年3月31日、R7.3.31",
    )

    def offer(self, rounds: Iterable[Round]) -> None:
        """Let these rounds be chosen (募集回の選択肢)."""
        self.offered = {row.key: row for row in rounds}
        self.rounds.choices = [(key, row.label) for key, row in self.offered.items()]

    def validate_rounds(self, field: RolesField) -> None:
        """Raise ValidationError when rounds are to be chosen and none was."""
        if self.reach.data == CHOSEN and not field.data:
            raise ValidationError(NO_ROUND)

    def to_command(self) -> MakeToken:
        """Make the command of the form, which is valid."""
        day = day_in(self.expires_on.data)
        if day is None:
            raise RuntimeError("the form is valid, so there is a day")
        chosen = [self.offered[key] for key in self.rounds.data or ()]
        return MakeToken(
            name=self.name.data or "",
            rounds=None if self.reach.data == ALL else chosen,
            body_code=self.body_code.data or "",
            expires_on=day,
        )
