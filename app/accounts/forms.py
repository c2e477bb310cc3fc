"""Forms of the accounts (ログイン・利用者の入力様式)."""

from wtforms import (
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Email, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.labels import ROLE_LABELS
from app.accounts.models import Role
from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.services.sign_in import SignIn
from app.accounts.services.users import CreateUser
from app.core.forms import JaForm, Required, clean

LOGIN_WORDS = "ログインIDは、英小文字・数字・ハイフン・ドット・下線で64文字以内にしてください"
PASSWORD_HELP = f"{SHORTEST}文字以上{LONGEST}文字以内。文字の種類は問いません。貼り付けられます。"


class SignInForm(JaForm):
    """Sign-in (ログイン). Paste and password managers are welcome."""

    login = StringField("ログインID", [Required()], [clean])
    password = PasswordField("パスワード", [Required()])
    next = HiddenField()

    def to_command(self, source: str) -> SignIn:
        """Make the command of the form; `source` is the address it came from."""
        return SignIn(login=self.login.data or "", password=self.password.data or "", source=source)


class RolesField(SelectMultipleField):
    """Roles as boxes to tick (役割)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NewUserForm(JaForm):
    """A new user of a body (利用者の登録)."""

    login = StringField(
        "ログインID", [Required(), Regexp(r"^[a-z0-9._-]{1,64}$", message=LOGIN_WORDS)], [clean]
    )
    display_name = StringField(
        "表示名",
        [Required(), Length(max=100, message="表示名は100文字以内にしてください")],
        [clean],
        description="画面と記録に出ます。例：仕分け担当3",
    )
    organization_id = SelectField("団体・府省庁", coerce=int)
    roles = RolesField("役割", choices={role.value: ROLE_LABELS[role] for role in Role})
    email = StringField(
        "メールアドレス",
        [Optional(), Email(message="メールアドレスの形を確かめてください")],
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
