"""Forms that put off, take up again or end a case (ペンディング・終了・取下げの入力様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.models import User
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import clean
from app.core.text import is_blank
from app.rounds.models import Category
from app.triage.forms.base import CaseForm, as_number, category_choices
from app.triage.services.pending import Hold, Resume
from app.triage.services.settle import Close, Reclassify, Reopen
from app.triage.services.withdraw import Withdraw


class HoldForm(CaseForm):
    """Putting a case off (ペンディング)."""

    reason = TextAreaField(
        "理由",
        filters=[clean],
        description="何が分かれば仕分けられるかを書いてください。提案団体には見えません。",
    )
    revisit_on = StringField("見直し日", filters=[clean])
    category_key = SelectField(
        "暫定の分類",
        validate_choice=False,
        description="ペンディングは分類に数えません。今の見込みがあれば選んでください。",
    )
    owner_id = SelectField(
        "持ち主",
        validate_choice=False,
        description="見直し日に、この人の仕分けの一覧に出ます。異動したときは総括の一覧に出ます。",
    )

    def __init__(
        self,
        *args: Any,
        categories: Sequence[Category],
        owners: Sequence[User] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.category_key.choices = category_choices(categories, none="決めない")
        self.owner_id.choices = {str(user.id): user.display_name for user in owners}

    def validate_revisit_on(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        try:
            self.revisit_date()
        except DomainError as error:
            raise ValidationError(error.message) from error

    def revisit_date(self) -> date | None:
        """Day typed in either way of writing, None for nothing typed. Raises DateFormatError."""
        typed = self.revisit_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self) -> Hold:
        """Make the command of the form."""
        return Hold(
            version=self.opened_version,
            reason=self.reason.data or "",
            revisit_on=self.revisit_date(),
            category_key=self.category_key.data or "",
            owner_id=as_number(self.owner_id.data) or None,
        )


class ResumeForm(CaseForm):
    """Taking a pending case up again (再開)."""

    note = TextAreaField(
        "メモ", filters=[clean], description="提案の履歴に残ります。提案団体には見えません。"
    )

    def to_command(self) -> Resume:
        """Make the command of the form."""
        return Resume(version=self.opened_version, note=self.note.data or "")


class ReclassifyForm(CaseForm):
    """Back to review (仕分け直し)."""

    reason = TextAreaField(
        "仕分け直す理由", filters=[clean], description="次の担当者が読みます。団体には見えません。"
    )

    def to_command(self) -> Reclassify:
        """Make the command of the form."""
        return Reclassify(version=self.opened_version, reason=self.reason.data or "")


class CloseForm(CaseForm):
    """End of a case (終了)."""

    outcome_text = TextAreaField(
        "提案団体に知らせる結果",
        filters=[clean],
        description="このまま提案団体の画面に出ます。相手が読んで分かる言葉で書いてください。",
    )

    def to_command(self) -> Close:
        """Make the command of the form."""
        return Close(version=self.opened_version, outcome_text=self.outcome_text.data or "")


class ReopenForm(CaseForm):
    """Undoing a close (終了の取消し)."""

    reason = TextAreaField(
        "終了を取り消す理由",
        filters=[clean],
        description="提案の履歴に残ります。団体には見えません。",
    )

    def to_command(self) -> Reopen:
        """Make the command of the form."""
        return Reopen(version=self.opened_version, reason=self.reason.data or "")


class WithdrawForm(CaseForm):
    """Withdrawal by the body (取下げ)."""

    reason = TextAreaField(
        "取り下げる理由", filters=[clean], description="事務局が読み、提案の履歴に残ります。"
    )

    def to_command(self) -> Withdraw:
        """Make the command of the form."""
        return Withdraw(version=self.opened_version, reason=self.reason.data or "")
