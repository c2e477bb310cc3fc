"""The sign-in form (ログインの入力様式)."""

from wtforms import HiddenField, PasswordField, StringField

from app.accounts.services.sign_in import SignIn
from app.core.forms import JaForm, Required, clean


class SignInForm(JaForm):
    """Sign-in (ログイン). Paste and password managers are welcome."""

    login = StringField("ログインID", [Required()], [clean])
    password = PasswordField("パスワード", [Required()])
    next = HiddenField()

    def to_command(self, source: str) -> SignIn:
        """Make the command of the form; `source` is the address it came from."""
        return SignIn(login=self.login.data or "", password=self.password.data or "", source=source)
