"""Forms about the register of bodies (団体の台帳の入力様式)."""

from datetime import date

from wtforms import SelectField, StringField
from wtforms.validators import Optional

from app.accounts.forms.fields import BodyForm, IsDate, StorageLimit, day_in
from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import OrgType
from app.accounts.queries import find_body
from app.accounts.services.bodies import Dissolve, NewBody
from app.core.errors import InvalidInput
from app.core.forms import JaForm, Required, clean

TYPE_CHOICES = {org_type.value: label for org_type, label in ORG_TYPE_LABELS.items()}
LONGEST_NAME = 100
LONGEST_READING = 200
FIRST_DAY_HELP = "例：令和7年4月1日、R7.4.1、2025-04-01"


def _first_day(text: str | None) -> date:
    day = day_in(text)
    if day is None:
        raise LookupError("the form was validated before")
    return day


class NewBodyForm(JaForm):
    """A local government to add (団体の登録)."""

    code = StringField(
        "団体コード",
        [Required()],
        [clean],
        description="検査数字を含む6桁。組合・広域連合にも全国地方公共団体コードがあります。",
    )
    name = StringField("名称", [Required(), StorageLimit(LONGEST_NAME)], [clean])
    reading = StringField("読み（カタカナ）", [Optional(), StorageLimit(LONGEST_READING)], [clean])
    org_type = SelectField("団体種別", choices=TYPE_CHOICES)
    valid_from = StringField(
        "この団体種別の始まりの日", [Required(), IsDate()], [clean], description=FIRST_DAY_HELP
    )

    def to_command(self) -> NewBody:
        """Make the command of the form."""
        return NewBody(
            code=self.code.data or "",
            name=self.name.data or "",
            reading=self.reading.data or "",
            org_type=OrgType(self.org_type.data),
            valid_from=_first_day(self.valid_from.data),
        )


class TypeForm(BodyForm):
    """Another type from a day on (団体種別の変更)."""

    org_type = SelectField("新しい団体種別", choices=TYPE_CHOICES)
    valid_from = StringField(
        "始まりの日", [Required(), IsDate()], [clean], description=FIRST_DAY_HELP
    )

    def chosen(self) -> tuple[OrgType, date]:
        """Type and first day."""
        return OrgType(self.org_type.data), _first_day(self.valid_from.data)


class RenameForm(BodyForm):
    """Another name from a day on (名称の変更)."""

    name = StringField("新しい名称", [Required(), StorageLimit(LONGEST_NAME)], [clean])
    reading = StringField("読み（カタカナ）", [Optional(), StorageLimit(LONGEST_READING)], [clean])
    valid_from = StringField(
        "始まりの日", [Required(), IsDate()], [clean], description=FIRST_DAY_HELP
    )

    def first_day(self) -> date:
        """First day of the name."""
        return _first_day(self.valid_from.data)


class DissolveForm(BodyForm):
    """The end of a body (合併・廃止)."""

    dissolved_on = StringField(
        "合併・廃止の日",
        [Required(), IsDate()],
        [clean],
        description="この日から、この団体の利用者は使えなくなり、合併先の利用者が案件を扱います。"
        + FIRST_DAY_HELP,
    )
    successor = StringField(
        "合併先の団体コード",
        [Optional()],
        [clean],
        description="6桁。承継する団体がないときだけ空欄にします。",
    )

    def to_command(self) -> Dissolve:
        """Make the command of the form. Raises InvalidInput for a code nobody has."""
        code = self.successor.data or ""
        successor = find_body(code) if code else None
        if code and successor is None:
            raise InvalidInput({"successor": ["この団体コードの団体は登録されていません"]})
        return Dissolve(
            dissolved_on=_first_day(self.dissolved_on.data),
            successor_id=successor.id if successor else None,
        )
