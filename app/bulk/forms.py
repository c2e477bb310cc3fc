"""Forms of the bulk acts (一括操作の入力様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.models import User
from app.bulk.models import BulkKind
from app.bulk.services.acting import MOST_CASES, ActOnMany
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm, clean
from app.core.text import is_blank
from app.proposals.forms.base import number_in
from app.proposals.models import Proposal

KIND_LABELS = {
    BulkKind.ASSIGN: "担当を割り当てる",
    BulkKind.HOLD: "ペンディングにする",
    BulkKind.RESUME: "ペンディングを再開する",
}


class BulkForm(JaForm):
    """One act on many cases (一括操作); `case` holds id and version of each, as it was seen."""

    case = SelectMultipleField("提案", choices=[], validate_choice=False)
    kind = RadioField("操作", validate_choice=False)
    reviewer_ids = SelectMultipleField("担当", choices=[], coerce=int, validate_choice=False)
    revisit_on = StringField(
        "見直し日", filters=[clean], description="ペンディングにするときだけ使います。"
    )
    reason = TextAreaField(
        "理由・申し送り",
        filters=[clean],
        description="選んだすべての提案の履歴に残ります。提案団体には見えません。",
    )

    def __init__(
        self, *args: Any, kinds: Sequence[BulkKind], reviewers: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.kind.choices = {kind.value: KIND_LABELS[kind] for kind in kinds}
        self.reviewer_ids.choices = {str(user.id): user.display_name for user in reviewers}

    def validate_case(self, field: SelectMultipleField) -> None:
        """Refuse no case, too many of them, and what names none."""
        given = field.data or []
        if not given or any(_case_in(text) is None for text in given):
            raise ValidationError("提案を一覧から1件以上選んでください")
        if len(given) > MOST_CASES:
            raise ValidationError(f"一度に操作できるのは{MOST_CASES}件までです")

    def validate_kind(self, field: RadioField) -> None:
        """Refuse what this person may not do on many cases."""
        if field.data not in self.kinds:
            raise ValidationError("操作を選んでください")

    def validate_reviewer_ids(self, field: SelectMultipleField) -> None:
        """Refuse an assignment to nobody."""
        if self.kind.data == BulkKind.ASSIGN and not field.data:
            raise ValidationError("担当者を1人以上選んでください")

    def validate_reason(self, field: TextAreaField) -> None:
        """Refuse to put off without a reason."""
        if self.kind.data == BulkKind.HOLD and is_blank(field.data):
            raise ValidationError("ペンディングにする理由を入力してください")

    def validate_revisit_on(self, field: StringField) -> None:
        """Refuse a text that is no date, and to put off without one."""
        try:
            day = self.revisit_date()
        except DomainError as error:
            raise ValidationError(error.message) from error
        if self.kind.data == BulkKind.HOLD and day is None:
            raise ValidationError("見直し日を入力してください")

    def revisit_date(self) -> date | None:
        """Day typed in either way of writing, None for nothing typed. Raises DateFormatError."""
        typed = self.revisit_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def chosen(self) -> tuple[tuple[int, int], ...]:
        """Cases that were chosen, as (id, version), each once."""
        found = [_case_in(text) for text in self.case.data or ()]
        return tuple(dict.fromkeys(pair for pair in found if pair is not None))

    def to_command(self) -> ActOnMany:
        """Make the command of the form."""
        return ActOnMany(
            kind=BulkKind(self.kind.data),
            cases=self.chosen(),
            reason=self.reason.data or "",
            reviewer_ids=tuple(self.reviewer_ids.data or ()),
            revisit_on=self.revisit_date(),
        )


def case_value(proposal: Proposal) -> str:
    """How a form names a case as it was seen: id and version."""
    return f"{proposal.id}-{proposal.version}"


def _case_in(text: str) -> tuple[int, int] | None:
    left, _, right = text.partition("-")
    proposal_id, version = number_in(left), number_in(right)
    return None if proposal_id is None or version is None else (proposal_id, version)
