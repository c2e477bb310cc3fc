"""Forms of the form check (形式確認の入力様式): marks of the checklist, acceptance."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, RadioField, StringField, TextAreaField

from app.core.forms import clean
from app.triage.checklist import CheckLine
from app.triage.forms.base import CaseForm, RowsForm, as_number
from app.triage.models import CheckVerdict
from app.triage.services.check_marks import Mark, MarkLines, TakeOver
from app.triage.services.form_check import Accept

VERDICT_LABELS = {
    CheckVerdict.OK: "良",
    CheckVerdict.PROBLEM: "問題あり",
    CheckVerdict.WAIVED: "免除",
}
MOST_LINES = 80


class MarkRow(Form):
    """Mark of one line (確認の印), with the version of the mark that was shown."""

    item = StringField("確認項目")
    mark_version = StringField("印の版")
    verdict = RadioField(
        "結果",
        choices={verdict.value: label for verdict, label in VERDICT_LABELS.items()},
        validate_choice=False,
    )
    reason = TextAreaField(
        "理由",
        filters=[clean],
        description="「免除」には理由が要ります。「問題あり」の理由は、補正の文に使えます。",
    )


class FormCheckForm(RowsForm):
    """Checklist and acceptance (確認項目・受理), on one page with the return."""

    marks = FieldList(FormField(MarkRow), max_entries=MOST_LINES)
    note = TextAreaField(
        "メモ", filters=[clean], description="提案の履歴に残ります。提案団体には見えません。"
    )

    def __init__(self, *args: Any, lines: Sequence[CheckLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = self._aligned(lines)

    def _aligned(self, lines: Sequence[CheckLine]) -> list[tuple[CheckLine, Any]]:
        """Each line with its row: what was sent for it, or the mark it has."""
        sent = {row.form.item.data: row.form.data for row in self.marks}
        while self.marks.entries:
            self.marks.pop_entry()
        # Counting begins anew, so that the ids are the same on every page.
        self.marks.last_index = -1
        found = []
        for line in lines:
            row = self.marks.append_entry({**shown_mark(line), **sent.get(line.key, {})}).form
            # What is looked at is the question; its answers are the same on every line.
            row.verdict.label.text = line.label
            found.append((line, row))
        return found

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put what the service says of a line at its row, everything else on top."""
        rows = {line.key: row for line, row in self.rows}
        for key, messages in errors.items():
            if key in rows:
                self.add_errors_at(self.marks, rows[key].verdict, messages)
            else:
                self.form_errors.extend(messages)

    def to_marks(self) -> MarkLines:
        """Make the command that keeps the marks."""
        return MarkLines(
            version=self.opened_version,
            marks=tuple(
                Mark(
                    item=line.key,
                    verdict=_verdict(row.verdict.data),
                    reason=""
                    if line.is_automatic and not row.verdict.data
                    else row.reason.data or "",
                    version=as_number(row.mark_version.data),
                )
                for line, row in self.rows
            ),
        )

    def to_command(self) -> Accept:
        """Make the command of the acceptance."""
        return Accept(version=self.opened_version, note=self.note.data or "")


class TakeOverForm(CaseForm):
    """Form check of a resubmission taken over (引継ぎ)."""

    from_id = StringField("前の担当者")

    def to_command(self) -> TakeOver:
        """Make the command of the form."""
        return TakeOver(version=self.opened_version, from_id=as_number(self.from_id.data))


def shown_mark(line: CheckLine) -> dict[str, str]:
    """Values of the row of a line as the page first shows it."""
    mark = line.mark
    return {
        "item": line.key,
        "mark_version": str(mark.version) if mark else "0",
        "verdict": mark.verdict.value if mark else "",
        "reason": mark.reason if mark else "",
    }


def _verdict(word: str | None) -> CheckVerdict | None:
    return CheckVerdict(word) if word in list(CheckVerdict) else None
