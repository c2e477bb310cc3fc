"""Forms of the conflicts of interest (利益相反の入力様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField, TextAreaField

from app.accounts.forms.fields import IsDate, day_in
from app.accounts.models import User
from app.core.forms import CharacterLimit, JaForm, clean
from app.triage.forms.base import as_number
from app.triage.services.conflicts import DeclareConflict, EndConflict, RegisterSecondment

LONGEST_REASON = 500
UNTIL_HELP = "その日まで効きます。空欄なら、終えるまで効きます。例：令和9年3月31日、R9.3.31"
BODY_HELP = "6桁の団体コードか、正式な名前（例：甲子市）"


class DeclareConflictForm(JaForm):
    """One's own conflict with a case or a body (利益相反の申告)."""

    receipt_number = StringField(
        "受付番号", filters=[clean], description="1件の提案について申告するとき。例：R6-0012"
    )
    body = StringField(
        "提案団体",
        filters=[clean],
        description=f"団体のすべての提案について申告するとき。{BODY_HELP}",
    )
    reason = TextAreaField(
        "理由",
        [CharacterLimit(LONGEST_REASON)],
        [clean],
        description="総括とシステム管理が読みます。例：家族が担当課に勤めている",
    )
    until = StringField("終わりの日", [IsDate()], [clean], description=UNTIL_HELP)

    def to_command(self) -> DeclareConflict:
        """Make the command of the form."""
        return DeclareConflict(
            receipt_number=self.receipt_number.data or "",
            body=self.body.data or "",
            reason=self.reason.data or "",
            until=day_in(self.until.data),
        )


class SecondmentForm(JaForm):
    """Somebody seconded from a body (出向の登録)."""

    user_id = SelectField("出向している人", validate_choice=False)
    body = StringField("出向元の団体", filters=[clean], description=BODY_HELP)
    reason = TextAreaField(
        "理由",
        [CharacterLimit(LONGEST_REASON)],
        [clean],
        description="例：令和6年4月から2年間の出向",
    )
    until = StringField("終わりの日", [IsDate()], [clean], description=UNTIL_HELP)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id.choices = people_choices(people)

    def to_command(self) -> RegisterSecondment:
        """Make the command of the form."""
        return RegisterSecondment(
            user_id=as_number(self.user_id.data) or None,
            body=self.body.data or "",
            reason=self.reason.data or "",
            until=day_in(self.until.data),
        )


class EndConflictForm(JaForm):
    """Why a conflict holds no longer (利益相反の終了)."""

    reason = TextAreaField(
        "終える理由",
        [CharacterLimit(LONGEST_REASON)],
        [clean],
        description="一覧と監査証跡に残ります。例：出向が終わった",
    )

    def to_command(self) -> EndConflict:
        """Make the command of the form."""
        return EndConflict(reason=self.reason.data or "")


def people_choices(people: Sequence[User], none: str = "選んでください") -> dict[str, str]:
    """People as choices of a select, after one for none (人の選択肢)."""
    return {"": none, **{str(user.id): user.display_name for user in people}}
