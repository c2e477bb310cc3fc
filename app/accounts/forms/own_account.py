"""Forms of the second step and of one's own account (二段階目、自分のアカウントの入力様式)."""

from wtforms import HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.models import FactorResetDecision
from app.accounts.passwords import LONGEST, SHORTEST, SHORTEST_WITH_FACTOR
from app.core.forms import CharacterLimit, JaForm, Required, clean

CODE_HELP = "認証アプリに出ている6桁の数字。全角や空白が入っていてもかまいません。"
CODE_OR_RECOVERY_HELP = (
    "認証アプリに出ている6桁の数字。端末がないときは、回復コードを1つ入力します。"
)
NEW_PASSWORD_HELP = (
    f"{SHORTEST}文字以上（二要素認証を使っている人は{SHORTEST_WITH_FACTOR}文字以上）"
    f"{LONGEST}文字以内。文字の種類は問いません。貼り付けられます。"
)
LONGEST_REASON = 500  # characters


class SecondStepForm(JaForm):
    """The second step of a sign-in (二段階目)."""

    code = StringField("確認コード", [Required()], [clean], description=CODE_OR_RECOVERY_HELP)
    next = HiddenField()


class DeviceForm(JaForm):
    """A code of the device that is being set up (認証アプリの登録)."""

    code = StringField("確認コード", [Required()], [clean], description=CODE_HELP)
    next = HiddenField()


class IdentityForm(JaForm):
    """The person proves to be the one who is signed in (本人の確認).

    `asks_code`: whether a second factor is there to ask for.
    """

    present = PasswordField("いまのパスワード", [Required()])
    code = StringField("確認コード", filters=[clean], description=CODE_OR_RECOVERY_HELP)
    asks_code = False

    def validate_code(self, field: StringField) -> None:
        """Raise ValidationError when a code is needed and none was typed."""
        if self.asks_code and not field.data:
            raise ValidationError("確認コードを入力してください")


class OwnPasswordForm(IdentityForm):
    """Another password of one's own (パスワードの変更)."""

    password = PasswordField("新しいパスワード", [Required()], description=NEW_PASSWORD_HELP)


class ResetPasswordForm(JaForm):
    """A new password by a link (パスワードの再設定)."""

    token = HiddenField()
    password = PasswordField("新しいパスワード", [Required()], description=NEW_PASSWORD_HELP)


class FactorResetForm(JaForm):
    """A request to take a second factor off (二要素認証の解除の依頼)."""

    reason = TextAreaField(
        "理由と本人の確かめ方",
        [Required(), CharacterLimit(LONGEST_REASON)],
        [clean],
        description="例：端末を紛失。内線で本人に折り返し、所属長にも確かめた。",
    )


class FactorResetDecisionForm(JaForm):
    """The answer to such a request (解除の承認)."""

    decision = RadioField(
        "答え",
        [Required("答えを選んでください")],
        choices={
            FactorResetDecision.APPROVED.value: "解除する",
            FactorResetDecision.DECLINED.value: "解除しない",
        },
    )

    def chosen(self) -> FactorResetDecision:
        """The answer that was chosen."""
        return FactorResetDecision(self.decision.data)
