"""Forms of the outsiders (部外者の入力様式)."""

from collections.abc import Iterable
from datetime import datetime

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import Email, Optional, Regexp

from app.accounts.forms.fields import (
    LOGIN_SHAPE,
    LOGIN_WORDS,
    WRONG_EMAIL,
    IsDate,
    IsTime,
    RolesField,
    StorageLimit,
    day_in,
    time_in,
)
from app.accounts.forms.people import LONGEST_EMAIL, LONGEST_NAME, PASSWORD_HELP
from app.accounts.labels import ROLE_LABELS
from app.accounts.models import OUTSIDER_ROLES, OutsiderKind, Role, User
from app.accounts.services.outside_terms import OutsideTerms
from app.accounts.services.users import CreateUser
from app.core.clock import JST, to_jst
from app.core.forms import JaForm, Required, clean
from app.outsiders.labels import KIND_LABELS

LONGEST_CONTRACT = 100
NOBODY = 0


class TermsForm(JaForm):
    """By which contract an outsider comes, until when, and who watches over it (立入りの条件)."""

    kind = SelectField("区分", choices={kind.value: KIND_LABELS[kind] for kind in OutsiderKind})
    affiliation = StringField(
        "所属",
        [Required(), StorageLimit(LONGEST_NAME)],
        [clean],
        description="会社や団体の名前。画面と記録に出ます。",
    )
    contract_number = StringField(
        "契約番号",
        [Required(), StorageLimit(LONGEST_CONTRACT)],
        [clean],
        description="委託契約や覚書の番号。来訪のときは、承認した文書の番号。",
    )
    ends_on = StringField(
        "利用を終える日",
        [Required(), IsDate()],
        [clean],
        description="契約の末日まで、長くて1年。例：令和7年3月31日、R7.3.31",
    )
    ends_time = StringField(
        "利用を終える時刻",
        [Required(), IsTime()],
        [clean],
        default="17:00",
        description="この時刻から使えなくなります（日本時間）。例：17:00",
    )
    supervisor_id = SelectField(
        "監督者",
        coerce=int,
        description="この団体の職員から選びます。毎月の活動報告が届きます。",
    )

    def offer(self, people: Iterable[User]) -> None:
        """Let these people be chosen as the supervisor (監督者の選択肢)."""
        self.supervisor_id.choices = [(NOBODY, "選んでください")] + [
            (person.id, f"{person.display_name}（{person.login}）") for person in people
        ]

    def show(self, user: User) -> None:
        """Put the present terms into the fields (今の条件)."""
        if user.outsider_kind is None or user.access_ends_at is None:
            return
        ends_at = to_jst(user.access_ends_at)
        self.kind.data = user.outsider_kind.value
        self.affiliation.data = user.affiliation
        self.contract_number.data = user.contract_number
        self.ends_on.data = ends_at.date().isoformat()
        self.ends_time.data = f"{ends_at:%H:%M:%S}"
        self.supervisor_id.data = user.supervisor_id

    def terms(self) -> OutsideTerms:
        """What was typed; the form is valid."""
        day = day_in(self.ends_on.data)
        if day is None:
            raise RuntimeError("the form is valid, so there is a day")
        return OutsideTerms(
            kind=OutsiderKind(self.kind.data),
            affiliation=self.affiliation.data or "",
            contract_number=self.contract_number.data or "",
            ends_at=datetime.combine(day, time_in(self.ends_time.data), JST),
            supervisor_id=self.supervisor_id.data,
        )


class NewOutsiderForm(TermsForm):
    """An account for somebody from outside (部外者の登録)."""

    login = StringField(
        "ログインID", [Required(), Regexp(LOGIN_SHAPE, message=LOGIN_WORDS)], [clean]
    )
    display_name = StringField(
        "氏名",
        [Required(), StorageLimit(LONGEST_NAME)],
        [clean],
        description="画面と記録に出ます。",
    )
    roles = RolesField("見える範囲")
    email = StringField(
        "メールアドレス",
        [Optional(), Email(message=WRONG_EMAIL), StorageLimit(LONGEST_EMAIL)],
        [clean],
    )
    password = PasswordField("最初のパスワード", [Required()], description=PASSWORD_HELP)

    def offer_roles(self, fitting: Iterable[Role]) -> None:
        """Let the reading roles among these be ticked (見える範囲の選択肢)."""
        self.roles.choices = {
            role.value: ROLE_LABELS[role] for role in Role if role in OUTSIDER_ROLES & set(fitting)
        }

    def to_command(self, organization_id: int) -> CreateUser:
        """Make the command of the form."""
        return CreateUser(
            login=self.login.data or "",
            display_name=self.display_name.data or "",
            organization_id=organization_id,
            roles=tuple(Role(role) for role in self.roles.data or []),
            password=self.password.data or "",
            email=self.email.data or "",
            outside=self.terms(),
        )
