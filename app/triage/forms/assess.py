"""Form of an opinion (仕分け意見の入力様式): guide, evidence, category, reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.core.forms import clean
from app.core.text import is_blank
from app.rounds.models import Category
from app.triage.forms.base import RowsForm, category_choices
from app.triage.guide import QUESTIONS, kept_answers
from app.triage.services.assess import Assess, Evidence

EVIDENCE_ROWS = 3
MOST_EVIDENCE_ROWS = 8

GuideForm = type(
    "GuideForm",
    (Form,),
    {
        question.key: RadioField(
            question.text,
            choices={answer.value: answer.label for answer in question.answers},
            validate_choice=False,
        )
        for question in QUESTIONS
    },
)


class EvidenceRow(Form):
    """A register row and the words of the proposal that meet it (根拠)."""

    entry_id = StringField("台帳の行")
    quote = StringField("提案の中の文", filters=[clean])

    def validate_entry_id(self, field: StringField) -> None:
        """Refuse words that meet no register row, and what is no row."""
        if not field.data and not is_blank(self.quote.data):
            raise ValidationError("この文が当たる台帳の行を選んでください")
        if field.data and not field.data.isdecimal():
            raise ValidationError("根拠を台帳の一覧から選んでください")


class AssessForm(RowsForm):
    """An opinion (仕分け意見): category, reason, evidence, answers to the guide."""

    answers: "FormField[Any]" = FormField(GuideForm)
    # Register rows near the text that were ticked in the guide.
    near = SelectMultipleField("近い行", choices=[], validate_choice=False)
    category_key = SelectField("分類", validate_choice=False)
    evidence = FieldList(
        FormField(EvidenceRow), min_entries=EVIDENCE_ROWS, max_entries=MOST_EVIDENCE_ROWS
    )
    reason = TextAreaField(
        "理由",
        filters=[clean],
        description="もう1人の確認者が読みます。提案団体と府省庁には見えません。",
    )

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category_key.choices = category_choices(categories)

    def given_answers(self) -> dict[str, str]:
        """Answers to the guide as they are kept (手引きへの答え)."""
        return kept_answers(self.answers.data)

    def chosen_entries(self) -> dict[int, str]:
        """Chosen register rows by id, with the words quoted for each (根拠)."""
        found: dict[int, list[str]] = {}
        for row in self.evidence:
            entry_id, quote = row.form.entry_id.data or "", row.form.quote.data or ""
            if entry_id.isdecimal():
                found.setdefault(int(entry_id), []).append(quote)
        for entry_id in self.near.data or ():
            if entry_id.isdecimal():
                found.setdefault(int(entry_id), [])
        return {entry_id: "\n".join(filter(None, quotes)) for entry_id, quotes in found.items()}

    def gather_evidence(self) -> None:
        """Move the rows ticked in the guide to the list of evidence, as far as it has room."""
        taken = {row.form.entry_id.data for row in self.evidence}
        left: list[str] = []
        for entry_id in self.near.data or ():
            if entry_id not in taken and not self._take(entry_id):
                left.append(entry_id)
        self.near.data = left

    def _take(self, entry_id: str) -> bool:
        for row in self.evidence:
            if not row.form.entry_id.data and is_blank(row.form.quote.data):
                row.form.entry_id.data = entry_id
                return True
        if len(self.evidence) >= MOST_EVIDENCE_ROWS:
            return False
        self.evidence.append_entry({"entry_id": entry_id, "quote": ""})
        return True

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at their fields, the evidence at its first row."""
        super().add_errors({name: said for name, said in errors.items() if name != "evidence"})
        if "evidence" in errors:
            first = self.evidence[0].form.entry_id
            self.add_errors_at(self.evidence, first, errors["evidence"])

    def to_command(self) -> Assess:
        """Make the command of the form."""
        return Assess(
            version=self.opened_version,
            category_key=self.category_key.data or "",
            reason=self.reason.data or "",
            evidence=tuple(
                Evidence(register_entry_id=entry_id, quote=quote)
                for entry_id, quote in self.chosen_entries().items()
            ),
            answers=self.given_answers(),
        )
