"""Forms of guide, rubric and themes (手引き・評価の基準・テーマの入力様式)."""

from typing import Any

from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.core.forms import JaForm, clean
from app.rounds.models import GuideVersion, RubricVersion
from app.triage.forms.base import CaseForm, as_number, category_choices
from app.triage.guide import FIRST_KEYS, QUESTIONS
from app.triage.guide.questions import SECOND_STEPS
from app.triage.rubric import CRITERION_KEYS
from app.triage.services.guide import AdoptGuide, ChangeRubric, seen_of
from app.triage.services.labels import AddTheme, SetThemes, SwitchTheme

GO_ON = "次の問いへ"


class GuideEditForm(JaForm):
    """A change of the guide (手引きの改定); fields of the questions are added for each."""

    number = HiddenField()
    order = HiddenField()
    reason = TextAreaField(
        "変える理由", filters=[clean], description="版の一覧に残り、後から読めます。"
    )

    def ordered_keys(self) -> list[str]:
        """Keys of A–E in the order of the form; one that was tampered with is the usual one."""
        keys = (self.order.data or "").split(",")
        return keys if sorted(keys) == sorted(FIRST_KEYS) else list(FIRST_KEYS)

    def move(self, key: str, step: int) -> None:
        """Move a question of A–E one place up (-1) or down (+1) (順の入替え)."""
        keys = self.ordered_keys()
        if key not in keys:
            return
        here = keys.index(key)
        there = here + step
        if 0 <= there < len(keys):
            keys[here], keys[there] = keys[there], keys[here]
        self.order.data = ",".join(keys)

    def to_content(self, present: GuideVersion) -> dict[str, Any]:
        """The guide as the form has it; what the form does not change is that of `present`."""
        questions = {}
        for key, row in present.content["questions"].items():
            questions[key] = {
                **row,
                "text": self[f"text_{key}"].data or "",
                "hint": self[f"hint_{key}"].data or "",
                "outcomes": self._outcomes(key, row),
            }
        return {"order": self.ordered_keys(), "questions": questions}

    def _outcomes(self, key: str, row: dict[str, Any]) -> dict[str, str | None]:
        """Where the answers lead; the form has a way for the questions that decide among F only."""
        if key not in SECOND_STEPS:
            return dict(row["outcomes"])
        values = [value for value, _label in row["answers"]]
        return {value: self[f"outcome_{key}_{value}"].data or None for value in values}

    def to_command(self, present: GuideVersion) -> AdoptGuide:
        """Make the command of the form."""
        return AdoptGuide(
            number=as_number(self.number.data),
            content=self.to_content(present),
            reason=self.reason.data or "",
        )


def guide_edit_form(version: GuideVersion) -> GuideEditForm:
    """Form of a scheme's guide, filled with the version in use (手引きの改定)."""
    categories = [row for row in version.scheme.categories if row.key not in FIRST_KEYS]
    choices = category_choices(categories, none=GO_ON)
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "number": str(version.number),
        "order": ",".join(version.content["order"]),
    }
    for question in QUESTIONS:
        row = version.content["questions"][question.key]
        fields[f"text_{question.key}"] = StringField("問いの文", filters=[clean])
        fields[f"hint_{question.key}"] = StringField("補足", filters=[clean])
        data |= {f"text_{question.key}": row["text"], f"hint_{question.key}": row["hint"]}
        for value, label in row["answers"] if question.key in SECOND_STEPS else ():
            name = f"outcome_{question.key}_{value}"
            fields[name] = SelectField(
                f"「{label}」の行き先", choices=choices, validate_choice=False
            )
            data[name] = row["outcomes"][value] or ""
    form_class = type("GuideEditFormOfScheme", (GuideEditForm,), fields)
    form: GuideEditForm = form_class(data=data)
    return form


class RubricForm(JaForm):
    """A change of the rubric (評価の基準の改定); fields of the criteria are added for each."""

    seen = HiddenField()
    reason = TextAreaField("変える理由", filters=[clean])

    def to_command(self) -> ChangeRubric:
        """Make the command of the form."""
        return ChangeRubric(
            seen=self.seen.data or "",
            criteria=tuple(
                {
                    "key": key,
                    "label": self[f"label_{key}"].data or "",
                    "weight": as_number(self[f"weight_{key}"].data),
                    "anchors": [
                        line.strip()
                        for line in (self[f"anchors_{key}"].data or "").split("\n")
                        if line.strip()
                    ],
                }
                for key in CRITERION_KEYS
            ),
            reason=self.reason.data or "",
        )


def rubric_form(version: RubricVersion) -> RubricForm:
    """Form of a round's rubric, filled with the version in use (評価の基準の改定)."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"seen": seen_of(version)}
    for row in version.content["criteria"]:
        key = row["key"]
        fields[f"label_{key}"] = StringField("項目の名前", filters=[clean])
        fields[f"weight_{key}"] = StringField("重み", filters=[clean])
        fields[f"anchors_{key}"] = TextAreaField(
            "段階の説明",
            filters=[clean],
            description="1行に1段階、低いほうから5段階まで。高い段階ほど共通化に向くように書きます。",
        )
        data |= {
            f"label_{key}": row["label"],
            f"weight_{key}": str(row["weight"]),
            f"anchors_{key}": "\n".join(row["anchors"]),
        }
    form_class = type("RubricFormOfRound", (RubricForm,), fields)
    form: RubricForm = form_class(data=data)
    return form


class ThemeForm(JaForm):
    """A new theme (テーマの追加)."""

    name = StringField("テーマの名前", filters=[clean], description="例：子育て、防災、窓口")

    def to_command(self) -> AddTheme:
        """Make the command of the form."""
        return AddTheme(name=self.name.data or "")


class SwitchThemeForm(JaForm):
    """Taking a theme out of use, or into use again (テーマの使用)."""

    name = HiddenField()
    is_active = HiddenField()

    def to_command(self) -> SwitchTheme:
        """Make the command of the form."""
        return SwitchTheme(name=self.name.data or "", is_active=self.is_active.data == "yes")


class CaseThemesForm(CaseForm):
    """Themes of a case (提案のテーマ)."""

    names = SelectMultipleField("テーマ", choices=[], validate_choice=False)

    def to_command(self) -> SetThemes:
        """Make the command of the form."""
        return SetThemes(version=self.opened_version, names=tuple(self.names.data or ()))
