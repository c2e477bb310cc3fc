"""Forms of the outbox (送信箱の入力様式)."""

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.accounts.services.reset_wishes import LONGEST_LOGIN
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.notifications.holding import ReleaseHeld, Treat
from app.notifications.policy import Act

LONGEST_REASON = 300


class TreatForm(JaForm):
    """What to do with a message (送信の操作): the button says what, the field why."""

    reason = TextAreaField(
        "理由",
        [CharacterLimit(LONGEST_REASON)],
        [clean],
        description="取りやめるとき、ほかの方法で伝えたとき、不達を登録するときは必ず書きます。",
    )

    def to_command(self, act: Act) -> Treat:
        """Make the command of the button that was pressed."""
        return Treat(act=act, reason=self.reason.data or "")


class ReleaseForm(JaForm):
    """How many held letters go (送る数), typed by hand (J2)."""

    count = IntegerField(
        "送る数",
        [InputRequired("送る数を入力してください")],
        description="保留中の通数を、数字で入力してください。",
    )

    def to_command(self) -> ReleaseHeld:
        """Make the command of the form."""
        return ReleaseHeld(count=self.count.data)


class RuleForm(JaForm):
    """Whether letters of a kind wait for a person (送信前に確認する)."""

    is_held = BooleanField(
        "送信前に確認する",
        description="使うと、この知らせは、ここで送るまで、メールにも相手の「お知らせ」にも出ません。",
    )


class LostPasswordForm(JaForm):
    """Whose password was forgotten (再設定の申込み): a login, never an address."""

    login = StringField("ログインID", [Required(), CharacterLimit(LONGEST_LOGIN)], [clean])
