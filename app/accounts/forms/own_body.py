"""Forms of a body's manager (自団体の設定の入力様式)."""

from collections.abc import Mapping
from datetime import date

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from app.accounts.forms.fields import BodyForm, IsDate, StorageLimit, day_in
from app.accounts.models import MasterDataDecision
from app.accounts.services.closures import AddClosure
from app.accounts.services.privacy import SetPrivacy
from app.core.forms import CharacterLimit, JaForm, Required, clean

LONGEST_CLOSURE_NAME = 50
LONGEST_REQUEST = 1000
LONGEST_CONTACT = 200


class ApprovalForm(BodyForm):
    """Whether proposals need an approval inside the body (決裁を使う)."""

    requires_approval = BooleanField(
        "提出の前に決裁を使う",
        description="使うと、提出には、決裁を求めた人とは別の管理者の承認が要ります。",
    )


class PrivacyForm(BodyForm):
    """Who answers for personal data, and the contact (責任者・窓口)."""

    responsible = SelectField(
        "個人情報の責任者",
        [Required("責任者を選んでください")],
        choices={},
        description="事故の報告があると、この人のお知らせにすぐに出ます。",
    )
    contact = StringField(
        "個人情報・事故の窓口",
        [Required(), StorageLimit(LONGEST_CONTACT)],
        [clean],
        description="部署と電話番号。同じ団体の利用者の、すべての画面の下に出ます。",
    )

    def offer(self, people: Mapping[int, str]) -> None:
        """Let choose among these people (責任者の候補)."""
        self.responsible.choices = {"": "選んでください"} | {
            str(person): name for person, name in people.items()
        }

    def to_command(self) -> SetPrivacy:
        """Make the command of the form."""
        return SetPrivacy(
            responsible_id=int(self.responsible.data),
            contact=self.contact.data or "",
            version=self.opened_version(),
        )


class ClosureForm(JaForm):
    """A closed day of the body's own (閉庁日)."""

    day = StringField(
        "閉庁日", [Required(), IsDate()], [clean], description="例：令和8年11月20日、R8.11.20"
    )
    name = StringField(
        "名称",
        [Required(), StorageLimit(LONGEST_CLOSURE_NAME)],
        [clean],
        description="「なぜこの日か」の説明に出ます。例：市制施行記念日",
    )

    def to_command(self) -> AddClosure:
        """Make the command of the form."""
        return AddClosure(day=self._day(), name=self.name.data or "")

    def _day(self) -> date:
        day = day_in(self.day.data)
        if day is None:
            raise LookupError("the form was validated before")
        return day


class CorrectionForm(JaForm):
    """What is wrong with the master data of the body (団体情報の訂正依頼)."""

    text = TextAreaField(
        "訂正してほしいこと",
        [Required(), CharacterLimit(LONGEST_REQUEST)],
        [clean],
        description="どの項目が、どう違うかを書いてください。例：令和8年4月1日に中核市になりました。",
    )


class AnswerForm(JaForm):
    """The answer to a request (訂正依頼への回答)."""

    decision = RadioField(
        "結果",
        choices={
            MasterDataDecision.DONE.value: "訂正した",
            MasterDataDecision.DECLINED.value: "訂正しない",
        },
        validators=[Required("結果を選んでください")],
    )
    answer = TextAreaField(
        "回答",
        [CharacterLimit(LONGEST_REQUEST)],
        [clean],
        description="団体の管理者が読みます。訂正しないときは理由を書いてください。",
    )

    def chosen(self) -> MasterDataDecision:
        """What was decided."""
        return MasterDataDecision(self.decision.data)
