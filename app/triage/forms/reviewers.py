"""Forms of what reviewers take on, and of the rules (担当者の条件・割当の規則の入力様式)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import User
from app.accounts.queries import list_ministries
from app.core.forms import JaForm, clean
from app.core.text import is_blank
from app.triage.assignment_rules import KIND_LABELS, category_codes
from app.triage.forms.base import CHOOSE, CaseForm, RowsForm, as_number
from app.triage.models import AssignmentRule, RuleKind, SkillTag
from app.triage.services.assignment_rules import NewRule, WriteRules
from app.triage.services.profiles import SetProfile, SkillName

NEW_ROWS = 2
MOST_ROWS = 40
WORDS = RuleKind.WORDS.value
TAG, PERSON = "tag", "person"


class SkillsField(SelectMultipleField):
    """Fields of work as boxes to tick (得意分野)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProfileForm(CaseForm):
    """What a reviewer takes on (担当者の条件)."""

    cap = IntegerField(
        "手持ちの上限",
        [Optional()],
        description="同時に持つ件数の上限です。空欄なら、上限はありません。",
    )
    takes_work = BooleanField(
        "新しい担当を受ける", description="外すと、割当案はこの人に割り当てません。"
    )
    tag_ids = SkillsField("得意分野", coerce=int, validate_choice=False)

    def __init__(self, *args: Any, tags: Sequence[SkillTag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tag_ids.choices = [(tag.id, tag.label) for tag in tags]

    def to_command(self) -> SetProfile:
        """Make the command of the form."""
        return SetProfile(
            version=self.opened_version,
            cap=self.cap.data,
            takes_work=bool(self.takes_work.data),
            tag_ids=tuple(self.tag_ids.data or ()),
        )


class SkillRow(Form):
    """One field of work (得意分野)."""

    id = StringField("行の番号")
    label = StringField("得意分野", filters=[clean])


class SkillsForm(JaForm):
    """The list of fields of work (得意分野の一覧)."""

    rows = FieldList(FormField(SkillRow), max_entries=MOST_ROWS)

    def __init__(self, *args: Any, tags: Sequence[SkillTag], **kwargs: Any) -> None:
        known = [{"id": str(tag.id), "label": tag.label} for tag in tags]
        room = max(0, min(NEW_ROWS, MOST_ROWS - len(known)))
        super().__init__(*args, rows=[*known, *[{} for _ in range(room)]], **kwargs)

    def error_list(self) -> list[tuple[str, str, str]]:
        """Errors as (field id, label, message), those of the rows."""
        fields = [row.form.label for row in self.rows]
        return [(row.id, row.label.text, str(said)) for row in fields for said in row.errors]

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at the rows they name."""
        for name, messages in errors.items():
            field = self.rows[int(name.rpartition("-")[2])].form.label
            field.errors = [*field.errors, *messages]
            self.rows.errors = list(messages)

    def to_rows(self) -> list[SkillName]:
        """Rows as they were sent (得意分野の行)."""
        return [
            SkillName(id=as_number(row.form.id.data), label=row.form.label.data or "")
            for row in self.rows
        ]


class RuleRow(Form):
    """One rule (割当の規則): what a case is like, and to whom it goes."""

    position = IntegerField("順番", [Optional()])
    condition = SelectField("どんな提案か", validate_choice=False)
    words = StringField("語句", filters=[clean])
    target = SelectField("割り当てる先", validate_choice=False)

    def is_unused(self) -> bool:
        """Whether nothing was said in this row: then it is no rule."""
        return not self.condition.data and not self.target.data and is_blank(self.words.data)

    def to_rule(self) -> NewRule:
        """Make the rule of the row."""
        kind, _, value = (self.condition.data or "").partition(":")
        sort, _, number = (self.target.data or "").partition(":")
        known = {row.value for row in RuleKind}
        return NewRule(
            kind=RuleKind(kind) if kind in known else None,
            value=(self.words.data or "") if kind == WORDS else value,
            tag_id=as_number(number) if sort == TAG else None,
            reviewer_id=as_number(number) if sort == PERSON else None,
        )


class RulesForm(RowsForm):
    """The rules in their order (割当の規則); `version` is the number they came from."""

    rules = FieldList(FormField(RuleRow), max_entries=MOST_ROWS)

    def __init__(
        self,
        *args: Any,
        rules: Sequence[AssignmentRule],
        tags: Sequence[SkillTag],
        people: Sequence[User],
        **kwargs: Any,
    ) -> None:
        known: list[dict[str, Any]] = [_shown(rule) for rule in rules]
        room = max(0, min(NEW_ROWS, MOST_ROWS - len(known)))
        new = [{"position": len(known) + number} for number in range(1, room + 1)]
        super().__init__(*args, rules=[*known, *new], **kwargs)
        conditions, targets = _conditions(), _targets(tags, people)
        for row in self.rules:
            row.form.condition.choices = conditions
            row.form.target.choices = targets

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at the fields they name; unused rows are not counted."""
        for name, messages in errors.items():
            _rules, index, field_name = name.split("-")
            field = self._used()[int(index)][field_name]
            field.errors = [*field.errors, *messages]
            self.rules.errors = list(messages)

    def to_command(self) -> WriteRules:
        """Make the command of the form."""
        return WriteRules(
            number=self.opened_version, rules=tuple(row.to_rule() for row in self._used())
        )

    def _used(self) -> list[RuleRow]:
        used = [row.form for row in self.rules if not row.form.is_unused()]
        # Equal numbers, and none, keep the order in which they stood on the page.
        return sorted(used, key=lambda row: row.position.data or MOST_ROWS)


def _shown(rule: AssignmentRule) -> dict[str, Any]:
    is_words = rule.kind is RuleKind.WORDS
    return {
        "position": rule.position,
        "condition": WORDS if is_words else f"{rule.kind.value}:{rule.value}",
        "words": rule.value if is_words else "",
        "target": f"{TAG}:{rule.tag_id}" if rule.tag_id else f"{PERSON}:{rule.reviewer_id}",
    }


def _conditions() -> dict[str, list[tuple[str, str]]]:
    """What a rule can ask of a case, by kind, for a select (規則の条件の選択肢)."""
    return {
        "": [("", CHOOSE), (WORDS, f"{KIND_LABELS[RuleKind.WORDS]}（語句に入力）")],
        KIND_LABELS[RuleKind.MINISTRY]: [
            (f"{RuleKind.MINISTRY.value}:{row.id}", row.name) for row in list_ministries()
        ],
        KIND_LABELS[RuleKind.ORG_TYPE]: [
            (f"{RuleKind.ORG_TYPE.value}:{row.value}", label)
            for row, label in ORG_TYPE_LABELS.items()
        ],
        KIND_LABELS[RuleKind.CATEGORY]: [
            (f"{RuleKind.CATEGORY.value}:{key}", code) for key, code in category_codes().items()
        ],
    }


def _targets(tags: Sequence[SkillTag], people: Sequence[User]) -> dict[str, list[tuple[str, str]]]:
    return {
        "": [("", CHOOSE)],
        "得意分野": [(f"{TAG}:{tag.id}", tag.label) for tag in tags],
        "担当者": [(f"{PERSON}:{user.id}", user.display_name) for user in people],
    }
