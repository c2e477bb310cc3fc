"""Forms about the people of a body (利用者・招待の入力様式)."""

from datetime import date

from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import Email, Optional, Regexp

from app.accounts.forms.fields import (
    LOGIN_SHAPE,
    LOGIN_WORDS,
    WRONG_EMAIL,
    IsDate,
    RolesField,
    StorageLimit,
    day_in,
)
from app.accounts.labels import ROLE_LABELS
from app.accounts.models import Role
from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.services.invitations import AcceptInvitation, Invite
from app.accounts.services.users import CreateUser
from app.core.forms import JaForm, Required, clean

PASSWORD_HELP = f"{SHORTEST}文字以上{LONGEST}文字以内。文字の種類は問いません。貼り付けられます。"
LAST_DAY_HELP = (
    "任期や異動の日が決まっているときだけ入力します。翌日の0時から使えなくなります。"
    "例：令和9年3月31日、R9.3.31"
)
LONGEST_EMAIL = 254
LONGEST_NAME = 100


class NewUserForm(JaForm):
    """A new user of a body (利用者の登録)."""

    login = StringField(
        "ログインID", [Required(), Regexp(LOGIN_SHAPE, message=LOGIN_WORDS)], [clean]
    )
    display_name = StringField(
        "表示名",
        [Required(), StorageLimit(LONGEST_NAME)],
        [clean],
        description="画面と記録に出ます。例：仕分け担当3",
    )
    organization_id = SelectField("団体・府省庁", coerce=int)
    roles = RolesField("役割", choices={role.value: ROLE_LABELS[role] for role in Role})
    email = StringField(
        "メールアドレス",
        [Optional(), Email(message=WRONG_EMAIL), StorageLimit(LONGEST_EMAIL)],
        [clean],
    )
    password = PasswordField("最初のパスワード", [Required()], description=PASSWORD_HELP)

    def to_command(self) -> CreateUser:
        """Make the command of the form."""
        return CreateUser(
            login=self.login.data or "",
            display_name=self.display_name.data or "",
            organization_id=self.organization_id.data,
            roles=tuple(Role(role) for role in self.roles.data or []),
            password=self.password.data or "",
            email=self.email.data or "",
        )


class RolesForm(JaForm):
    """Other roles of a user (役割の変更)."""

    roles = RolesField("役割")

    def chosen(self) -> tuple[Role, ...]:
        """Roles that are ticked."""
        return tuple(Role(role) for role in self.roles.data or [])


class PasswordForm(JaForm):
    """A new password of a user (パスワードの再設定)."""

    password = PasswordField("新しいパスワード", [Required()], description=PASSWORD_HELP)


class LastDayForm(JaForm):
    """The last day of an account (利用の末日)."""

    ends_on = StringField("利用の末日", [IsDate()], [clean], description=LAST_DAY_HELP)

    def chosen(self) -> date | None:
        """The day that was typed, None for no end."""
        return day_in(self.ends_on.data)


class InviteForm(JaForm):
    """An invitation into a body (招待)."""

    display_name = StringField(
        "表示名",
        [Required(), StorageLimit(LONGEST_NAME)],
        [clean],
        description="画面と記録に出ます。例：情報政策課 担当者2",
    )
    email = StringField(
        "メールアドレス",
        [Required(), Email(message=WRONG_EMAIL), StorageLimit(LONGEST_EMAIL)],
        [clean],
    )
    roles = RolesField("役割")
    ends_on = StringField("利用の末日", [IsDate()], [clean], description=LAST_DAY_HELP)

    def to_command(self) -> Invite:
        """Make the command of the form."""
        return Invite(
            display_name=self.display_name.data or "",
            email=self.email.data or "",
            roles=tuple(Role(role) for role in self.roles.data or []),
            ends_on=day_in(self.ends_on.data),
        )


class AcceptForm(JaForm):
    """What an invited person chooses (招待の受諾)."""

    token = HiddenField()
    login = StringField(
        "ログインID",
        [Required(), Regexp(LOGIN_SHAPE, message=LOGIN_WORDS)],
        [clean],
        description="自分で決めます。英小文字・数字・ハイフン・ドット・下線が使えます。",
    )
    password = PasswordField("パスワード", [Required()], description=PASSWORD_HELP)

    def to_command(self) -> AcceptInvitation:
        """Make the command of the form."""
        return AcceptInvitation(
            token=self.token.data or "",
            login=self.login.data or "",
            password=self.password.data or "",
        )
