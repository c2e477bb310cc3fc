"""Forms of the assignment and of the second person (担当割当・二次確認の入力様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField

from app.core.forms import clean
from app.rounds.models import Category
from app.triage.forms.base import CaseForm, as_number, category_choices
from app.triage.services.assign import Assign
from app.triage.services.confirm import Confirm, Dispute
from app.triage.services.decline import DeclineAssignment


class AssignForm(CaseForm):
    """Reviewers of a case (担当割当)."""

    reviewer_ids = SelectMultipleField("担当", choices=[], coerce=int, validate_choice=False)
    note = TextAreaField(
        "申し送り",
        filters=[clean],
        description="担当者が提案の履歴で読みます。団体には見えません。",
    )

    def to_command(self) -> Assign:
        """Make the command of the form."""
        return Assign(
            version=self.opened_version,
            reviewer_ids=tuple(self.reviewer_ids.data or ()),
            note=self.note.data or "",
        )


class DeclineForm(CaseForm):
    """Why a reviewer gives a case back (担当の返上)."""

    reason = TextAreaField(
        "返上する理由",
        filters=[clean],
        description="総括が割り当て直すときに読みます。団体には見えません。",
    )

    def to_command(self) -> DeclineAssignment:
        """Make the command of the form."""
        return DeclineAssignment(version=self.opened_version, reason=self.reason.data or "")


class ConfirmForm(CaseForm):
    """Agreement with an opinion (確認)."""

    assessment_id = HiddenField()
    note = TextAreaField(
        "メモ", filters=[clean], description="提案の履歴に残ります。提案団体には見えません。"
    )
    compared_with = SelectMultipleField("確認前の点検", choices=[], validate_choice=False)

    def to_command(self) -> Confirm:
        """Make the command of the form."""
        return Confirm(
            version=self.opened_version,
            assessment_id=as_number(self.assessment_id.data),
            note=self.note.data or "",
            compared_with=tuple(self.compared_with.data or ()),
        )


class DisputeForm(CaseForm):
    """Disagreement with an opinion (異議)."""

    assessment_id = HiddenField()
    category_key = SelectField("適当と考える分類", validate_choice=False)
    reason = TextAreaField(
        "異議の理由",
        filters=[clean],
        description="意見を書いた担当者と総括が読みます。提案団体と府省庁には見えません。",
    )

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category_key.choices = category_choices(categories)

    def to_command(self) -> Dispute:
        """Make the command of the form."""
        return Dispute(
            version=self.opened_version,
            assessment_id=as_number(self.assessment_id.data),
            category_key=self.category_key.data or "",
            reason=self.reason.data or "",
        )
