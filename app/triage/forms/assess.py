"""Form of an opinion (仕分け意見の入力様式): guide, evidence, category, reason."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.core.forms import clean
from app.core.text import is_blank
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.rounds.models import Category
from app.suggestions.engine import Suggestion
from app.triage.earlier import Treatment
from app.triage.forms.base import RowsForm, as_number, category_choices
from app.triage.forms.why_different import WHY_DIFFERENT, why_different_label
from app.triage.guide import FIRST_GUIDE, QUESTIONS, Guide, kept_answers
from app.triage.rubric import CRITERION_KEYS, Rubric
from app.triage.services.assess import Assess, Evidence, ViewpointCheck

EVIDENCE_ROWS = 3
MOST_EVIDENCE_ROWS = 8
NEAR_MARK = "|"

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


MET = "yes"
NOT_MET = "no"
ABSTAIN = "abstain"
REASON = "_reason"

# Whether each viewpoint is met, and why where the body says other (視点の確認).
ViewpointForm = type(
    "ViewpointForm",
    (Form,),
    {
        name: field
        for box, mark in VIEWPOINT_MARKS.items()
        for name, field in (
            (
                box,
                RadioField(
                    f"視点{mark}",
                    choices={MET: "当てはまる", NOT_MET: "当てはまらない"},
                    validate_choice=False,
                ),
            ),
            (f"{box}{REASON}", StringField(f"視点{mark}のわけ", filters=[clean])),
        )
    },
)
# Level of each criterion of the rubric, or 判断しない (評価); the levels are those of the round.
RatingForm = type(
    "RatingForm",
    (Form,),
    {key: RadioField("評価", choices=[], validate_choice=False) for key in CRITERION_KEYS},
)


class EvidenceRow(Form):
    """A register row and the words of the proposal that meet it (根拠)."""

    entry_id = StringField("台帳の行")
    quote = StringField("提案の中の文", filters=[clean])

    def validate_entry_id(self, field: StringField) -> None:
        """Refuse words that meet no register row, and what is no row."""
        if not field.data and not is_blank(self.quote.data):
            raise ValidationError("この文が当たる台帳の行を選んでください")
        if field.data and not as_number(field.data):
            raise ValidationError("根拠を台帳の一覧から選んでください")


class AssessForm(RowsForm):
    """An opinion (仕分け意見): category, reason, evidence, answers to the guide."""

    answers: "FormField[Any]" = FormField(GuideForm)
    viewpoints: "FormField[Any]" = FormField(ViewpointForm)
    ratings: "FormField[Any]" = FormField(RatingForm)
    # Versions that the page showed; a change of either in the meantime changes no answer.
    guide_version_id = HiddenField()
    rubric_version_id = HiddenField()
    # Suggested rows that were ticked in the guide: id, mark, the words quoted for it.
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

    # Shown where the same matter was settled in an earlier round (前の回の扱い).
    why_different = TextAreaField(WHY_DIFFERENT, filters=[clean])

    def __init__(
        self,
        *args: Any,
        categories: Sequence[Category],
        guide: Guide = FIRST_GUIDE,
        rubric: Rubric | None = None,
        earlier: Sequence[Treatment] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.category_key.choices = category_choices(categories)
        self.earlier = earlier
        self.why_different.label.text = why_different_label(earlier)
        self.guide = guide
        self.guide_version_id.data = str(guide.version_id or "")
        self.rubric_version_id.data = str(rubric.version_id or "") if rubric else ""
        for criterion in rubric.criteria if rubric else ():
            field = self.ratings.form[criterion.key]
            field.label.text = criterion.label
            levels = enumerate(criterion.anchors, start=1)
            field.choices = {
                **{str(level): f"{level}　{anchor}" for level, anchor in levels},
                ABSTAIN: "判断しない",
            }

    def given_answers(self) -> dict[str, str]:
        """Answers to the guide as they are kept (手引きへの答え)."""
        return kept_answers(self.answers.data, self.guide)

    def given_viewpoints(self) -> dict[str, ViewpointCheck]:
        """Viewpoints that were checked (視点の確認)."""
        data = self.viewpoints.data
        return {
            box: ViewpointCheck(is_met=data[box] == MET, reason=data[f"{box}{REASON}"] or "")
            for box in VIEWPOINT_MARKS
            if data[box] in (MET, NOT_MET)
        }

    def given_ratings(self) -> dict[str, int | None]:
        """Levels that were chosen, None for 判断しない (評価)."""
        chosen = {key: value for key, value in self.ratings.data.items() if value}
        return {
            key: None if value == ABSTAIN else as_number(value) for key, value in chosen.items()
        }

    def chosen_entries(self) -> dict[int, str]:
        """Chosen register rows by id, with the words quoted for each (根拠)."""
        found: dict[int, list[str]] = {}
        for row in self.evidence:
            entry_id, quote = row.form.entry_id.data or "", row.form.quote.data or ""
            if as_number(entry_id):
                found.setdefault(as_number(entry_id), []).append(quote)
        for entry_id, quote in self._ticked():
            found.setdefault(int(entry_id), [quote])
        return {entry_id: "\n".join(filter(None, quotes)) for entry_id, quotes in found.items()}

    def gather_evidence(self) -> None:
        """Move the rows ticked in the guide to the list of evidence, as far as it has room."""
        taken = {row.form.entry_id.data for row in self.evidence}
        left: list[str] = []
        for entry_id, quote in self._ticked():
            if entry_id not in taken and not self._take(entry_id, quote):
                left.append(f"{entry_id}{NEAR_MARK}{quote}")
        self.near.data = left

    def remove_evidence(self, index: int) -> None:
        """Empty one row of the evidence (根拠を外す); a row that is not there is left alone."""
        for position, row in enumerate(self.evidence):
            if position == index:
                row.form.entry_id.data = row.form.quote.data = ""

    def _ticked(self) -> list[tuple[str, str]]:
        pairs = [value.partition(NEAR_MARK) for value in self.near.data or ()]
        return [(entry_id, clean(quote)) for entry_id, _, quote in pairs if as_number(entry_id)]

    def _take(self, entry_id: str, quote: str) -> bool:
        for row in self.evidence:
            if not row.form.entry_id.data and is_blank(row.form.quote.data):
                row.form.entry_id.data, row.form.quote.data = entry_id, quote
                return True
        if len(self.evidence) >= MOST_EVIDENCE_ROWS:
            return False
        self.evidence.append_entry({"entry_id": entry_id, "quote": quote})
        return True

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at their fields, the evidence at its first row."""
        places = self._places()
        super().add_errors({name: said for name, said in errors.items() if name not in places})
        for name, place in places.items():
            if name in errors and place is not None:
                place.errors = [*place.errors, *errors[name]]
        if "evidence" in errors:
            self.evidence.errors = [*self.evidence.errors, *errors["evidence"]]

    def _places(self) -> dict[str, Any]:
        """Fields at which refusals of the service stand that name no field of the form."""
        answers, ratings = self.answers.form, self.ratings.form
        return {
            "evidence": self.evidence[0].form.entry_id,
            "answers": _first_empty(answers[question.key] for question in self.guide.first),
            "ratings": _first_empty(ratings[key] for key in CRITERION_KEYS),
            **{box: self.viewpoints.form[f"{box}{REASON}"] for box in VIEWPOINT_MARKS},
        }

    def to_command(self, suggested: Sequence[Suggestion]) -> Assess:
        """Make the command of the form, with what the page suggested (示した候補)."""
        return Assess(
            version=self.opened_version,
            category_key=self.category_key.data or "",
            reason=self.reason.data or "",
            evidence=tuple(
                Evidence(register_entry_id=entry_id, quote=quote)
                for entry_id, quote in self.chosen_entries().items()
            ),
            answers=self.given_answers(),
            viewpoints=self.given_viewpoints(),
            ratings=self.given_ratings(),
            guide_version_id=self.guide.version_id,
            rubric_version_id=as_number(self.rubric_version_id.data) or None,
            why_different=self.why_different.data or "",
            suggested=tuple(suggested),
        )


def _first_empty(fields: Iterable[Any]) -> Any:
    """First field without an answer, else the first of all."""
    listed = list(fields)
    return next((field for field in listed if not field.data), listed[0])
