"""A row as the command of the form (行から入力様式へ): one validation for screen and import."""

from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.forms import clean
from app.proposals.content import VIEWPOINTS, content_of, fields_of, names_of, problems_in
from app.proposals.forms.writing import form_values, proposal_form
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent
from app.reports import cp932
from app.rounds.models import FieldKind, FormField, Round

TEXT_KINDS = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.EMAIL)
# Answers by the names of the fields, each as the form holds it: text, id, list of boxes.
Values = dict[str, Any]


def present_values(round_: Round, proposal: Proposal | None) -> Values:
    """What a proposal holds now, or what an untouched form holds (今の回答)."""
    if proposal is not None:
        return dict(form_values(proposal))
    return {field.name: _nothing(field) for field in fields_of(round_)}


class ContentReader:
    """The form of a round, filled in row after row (入力様式): made once for a whole table."""

    def __init__(self, round_: Round) -> None:
        self.names = [field.name for field in fields_of(round_)]
        self.form = proposal_form(round_, formdata=MultiDict(), meta={"csrf": False})

    def read(
        self, values: Mapping[str, Any]
    ) -> tuple[ProposalContent | None, dict[str, list[str]]]:
        """The command that the form makes of the answers, or its errors by field (入力内容)."""
        self.form.process(formdata=_form_data(values))
        if self.form.validate():
            return self.form.to_command(), {}
        found = {name: [str(said) for said in self.form[name].errors] for name in self.names}
        return None, {name: said for name, said in found.items() if said}


def missing_words(round_: Round, content: ProposalContent) -> list[str]:
    """What would keep the proposal from being submitted, in words (提出までに必要なこと)."""
    values = content.by_name()
    problems = problems_in(round_, {**values.pop("answers"), **values})
    return [said for messages in problems.values() for said in messages]


def is_same_answer(field: FormField, before: Any, after: Any, *, is_cp932: bool) -> bool:
    """Whether an answer says what stands there already (変更なし).

    A CP932 file cannot tell some letters apart: what it can carry of the text is compared.
    """
    if field.kind not in TEXT_KINDS:
        return (before or None) == (after or None)
    stored = clean(before)
    return bool(after == stored or (is_cp932 and after == _carried(stored)))


def changed_fields(
    round_: Round, before: Mapping[str, Any], after: Mapping[str, Any], *, is_cp932: bool
) -> list[FormField]:
    """Fields whose answer the row changes, in the order of the form (変わる項目)."""
    return [
        field
        for field in fields_of(round_)
        if not is_same_answer(field, before[field.name], after[field.name], is_cp932=is_cp932)
    ]


def with_unchanged(
    proposal: Proposal, content: ProposalContent, changed: Sequence[FormField]
) -> ProposalContent:
    """The command with every unchanged answer exactly as it stands (変わらない項目はそのまま).

    A file may not be able to carry each of its letters.
    """
    names = {name for field in changed for name in names_of(field)}
    kept = {name: value for name, value in content_of(proposal).items() if name not in names}
    columns = {item.name for item in dataclass_fields(ProposalContent)}
    answers = {name: value for name, value in kept.items() if name not in columns}
    return replace(
        content,
        **{name: value for name, value in kept.items() if name in columns},
        answers={**content.answers, **answers},
    )


def _carried(text: str) -> str:
    return clean(cp932.encode(text).decode(cp932.ENCODING))


def _nothing(field: FormField) -> Any:
    if field.kind is FieldKind.VIEWPOINTS:
        return []
    return None if field.kind is FieldKind.MINISTRY else ""


def _form_data(values: Mapping[str, Any]) -> MultiDict[str, str]:
    sent: list[tuple[str, str]] = []
    for name, value in values.items():
        if name == VIEWPOINTS:
            sent += [(name, box) for box in value]
        else:
            sent.append((name, "" if value is None else str(value)))
    return MultiDict(sent)
