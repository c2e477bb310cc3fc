"""Forms of the acts on a plan (方針の操作の入力様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.eras import format_year
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import is_blank
from app.plans.models import VersionDecision
from app.plans.outline import PlanHeading
from app.plans.schedule import LONGEST_NAME, STAGE_WORDS, Quarter, Span, Stage, read_quarter
from app.plans.services.comments import LONGEST_COMMENT, AnswerComment, CommentOnPlan
from app.plans.services.review import DecidePlan, SubmitPlan
from app.plans.services.start import RevisePlan, StartPlan
from app.plans.services.trace import LONGEST_REASON, LONGEST_TEXT
from app.plans.services.write import RemoveTask, WriteTask, WriteText
from app.proposals.forms.base import VersionForm, number_in

DECISION_WORDS = {
    VersionDecision.APPROVED: "承認する",
    VersionDecision.RETURNED: "差し戻す",
}
DECISION_HINTS = {
    VersionDecision.APPROVED.value: "この版のまま確定します。後の変更は新しい版になります。",
    VersionDecision.RETURNED.value: "担当府省庁が書き直し、新しい版として提出します。",
}


class StartForm(JaForm):
    """Beginning a plan (方針の作成の開始)."""

    fiscal_year = SelectField(
        "期限の年度", validate_choice=False, description="期限は、選んだ年度の末日（3月31日）です。"
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fiscal_year.choices = {str(year): f"{format_year(year)}度" for year in years}

    def to_command(self) -> StartPlan:
        """Make the command of the form; 0 is no year that is offered."""
        return StartPlan(fiscal_year=number_in(self.fiscal_year.data or "") or 0)


class TextForm(VersionForm):
    """The text under a heading (本文)."""

    text = TextAreaField("本文", [CharacterLimit(LONGEST_TEXT)], filters=[clean])

    def to_command(self) -> WriteText:
        """Make the command of the form."""
        return WriteText(version=self.expected_version(), text=self.text.data or "")


class TaskForm(VersionForm):
    """A row of the schedule with its stages (工程)."""

    name = StringField("工程の名前", [Required(), CharacterLimit(LONGEST_NAME)], filters=[clean])
    study_start = SelectField("検討の始まり", validate_choice=False)
    study_end = SelectField("検討の終わり", validate_choice=False)
    prepare_start = SelectField("準備の始まり", validate_choice=False)
    prepare_end = SelectField("準備の終わり", validate_choice=False)
    introduce_start = SelectField("実施の始まり", validate_choice=False)
    introduce_end = SelectField("実施の終わり", validate_choice=False)
    continue_start = SelectField("継続の始まり", validate_choice=False)
    continue_end = SelectField("継続の終わり", validate_choice=False)

    def __init__(self, *args: Any, quarters: Sequence[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {"": "この段階はない"} | {row.key: row.words for row in quarters}
        for _, start, end in self.stages():
            start.choices = choices
            end.choices = choices

    def stages(self) -> list[tuple[Stage, SelectField, SelectField]]:
        """Stages with their two fields, in their order (段階の欄)."""
        return [(row, self[f"{row.value}_start"], self[f"{row.value}_end"]) for row in Stage]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse half a stage, and what is no quarter."""
        is_valid: bool = super().validate(extra_validators)
        for stage, start, end in self.stages():
            words = STAGE_WORDS[stage]
            for field in (start, end):
                if field.data and read_quarter(field.data) is None:
                    field.errors = [f"{words}の時期を一覧から選んでください"]
                    is_valid = False
            if bool(start.data) != bool(end.data):
                lacking, part = (end, "終わり") if start.data else (start, "始まり")
                lacking.errors = [*lacking.errors, f"{words}の{part}を選んでください"]
                is_valid = False
        return is_valid

    def to_command(self, number: int | None = None) -> WriteTask:
        """Make the command of the form, of a valid one only."""
        spans = []
        for stage, start, end in self.stages():
            first, last = read_quarter(start.data or ""), read_quarter(end.data or "")
            if first is not None and last is not None:
                spans.append(Span(stage=stage, start=first, end=last))
        return WriteTask(
            version=self.expected_version(),
            name=self.name.data or "",
            spans=tuple(spans),
            number=number,
        )


class RemoveTaskForm(VersionForm):
    """Taking a row out of the schedule (工程の削除)."""

    def to_command(self, number: int) -> RemoveTask:
        """Make the command of the form."""
        return RemoveTask(version=self.expected_version(), number=number)


class SubmitForm(VersionForm):
    """Submitting a version (提出)."""

    reason = TextAreaField(
        "提出の説明",
        [Required(), CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="最初の版ではまとめた経緯を、次の版からは前の版から変えたところと理由を書きます。",
    )

    def to_command(self) -> SubmitPlan:
        """Make the command of the form."""
        return SubmitPlan(version=self.expected_version(), reason=self.reason.data or "")


class ReviseForm(VersionForm):
    """Beginning a new version of an approved plan (改定)."""

    reason = TextAreaField(
        "改定の理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean]
    )

    def to_command(self) -> RevisePlan:
        """Make the command of the form."""
        return RevisePlan(version=self.expected_version(), reason=self.reason.data or "")


class DecideForm(VersionForm):
    """Approving or returning a version (承認・差戻し)."""

    decision = RadioField(
        "決定",
        choices={row.value: words for row, words in DECISION_WORDS.items()},
        validate_choice=False,
    )
    reason = TextAreaField(
        "理由",
        [CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="差し戻すときは必ず書いてください。担当府省庁に見えます。",
    )

    def validate_decision(self, field: RadioField) -> None:
        """Refuse what is no decision."""
        if field.data not in list(VersionDecision):
            raise ValidationError("承認するか差し戻すかを選んでください")

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask for the reason of a return."""
        if self.decision.data == VersionDecision.RETURNED and is_blank(field.data):
            raise ValidationError("差し戻す理由を入力してください")

    def to_command(self, number: int) -> DecidePlan:
        """Make the command of the form."""
        return DecidePlan(
            version=self.expected_version(),
            number=number,
            decision=VersionDecision(self.decision.data),
            reason=self.reason.data or "",
        )


class CommentForm(JaForm):
    """Saying something to a version (意見)."""

    section_key = SelectField("意見の対象", validate_choice=False)
    text = TextAreaField("意見", [Required(), CharacterLimit(LONGEST_COMMENT)], filters=[clean])

    def __init__(self, *args: Any, headings: Sequence[PlanHeading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = {row.key: row.words for row in headings if row.part}
        self.section_key.choices = {"": "方針の全体"} | about

    def to_command(self) -> CommentOnPlan:
        """Make the command of the form."""
        return CommentOnPlan(section_key=self.section_key.data or "", text=self.text.data or "")


class AnswerForm(VersionForm):
    """Answering a comment (意見への回答)."""

    text = TextAreaField("回答", [Required(), CharacterLimit(LONGEST_COMMENT)], filters=[clean])

    def to_command(self) -> AnswerComment:
        """Make the command of the form."""
        return AnswerComment(version=self.expected_version(), text=self.text.data or "")
