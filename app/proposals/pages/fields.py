"""Fields of a round's form as the page draws them (入力欄): order, help, counters, conditions."""

from typing import NamedTuple

from wtforms import Field

from app.proposals.content import (
    LimitGroup,
    condition_words,
    fields_of,
    limit_groups,
)
from app.proposals.forms.writing import ProposalForm
from app.rounds.default_form import CORE_FIELDS
from app.rounds.models import FieldKind, FormField, Round

# What makes two forms ask the same.
ASKED = ("name", "label", "help", "kind", "is_required", "character_limit", "choices")
SHORT_TEXT = 20  # characters; what holds no more gets a short box
TALL_ROWS, MIDDLE_ROWS, LOW_ROWS = 8, 6, 3


class FieldView(NamedTuple):
    """One field with everything the page says about it (入力欄)."""

    name: str
    kind: FieldKind
    control: Field
    heading: str
    help: str
    is_required: bool
    limit: int | None
    group: str | None
    ends_group: bool
    width: str
    rows: int
    condition: str
    deciding: str
    value: str


def field_views(form: ProposalForm, round_: Round) -> list[FieldView]:
    """Fields of the form of a round, in its order, bound to what was typed (入力欄の一覧)."""
    groups = {
        field.name: group
        for group in limit_groups(round_)
        if len(group.fields) > 1
        for field in group.fields
    }
    views: list[FieldView] = []
    section = ""
    for field in fields_of(round_):
        # A field without a heading goes on under the one before.
        heading = field.section if field.section != section else ""
        section = field.section or section
        views.append(_view(form, round_, field, heading, groups.get(field.name)))
    return views


def is_same_form(one: Round, other: Round) -> bool:
    """Whether two rounds ask the same (同じ様式)."""
    return _asked(one) == _asked(other)


def _asked(round_: Round) -> list[list[object]]:
    return [[getattr(field, name) for name in ASKED] for field in fields_of(round_)]


def _view(
    form: ProposalForm, round_: Round, field: FormField, heading: str, group: LimitGroup | None
) -> FieldView:
    return FieldView(
        name=field.name,
        kind=field.kind,
        control=form[field.name],
        heading=heading,
        help=_help(field, group),
        is_required=field.is_required,
        limit=field.character_limit,
        group=field.limit_group if group else None,
        ends_group=group is not None and group.fields[-1] is field,
        width=_width(field),
        rows=_rows(field),
        condition=condition_words(round_, field),
        deciding=field.shown_when_field or "",
        value=field.shown_when_value,
    )


def _help(field: FormField, group: LimitGroup | None) -> str:
    if group is not None:
        others = "、".join(row.label for row in group.fields if row is not field)
        return f"{field.help}{others}と合わせて{group.limit}文字以内。"
    limit = f"{field.character_limit}文字以内。" if field.character_limit else ""
    return f"{limit}{field.help}"


def _width(field: FormField) -> str:
    if field.kind is not FieldKind.TEXT:
        return "medium"
    length = field.character_limit or CORE_FIELDS.get(field.name) or 0
    if 0 < length <= SHORT_TEXT:
        return "short"
    return "medium" if CORE_FIELDS.get(field.name) == length else ""


def _rows(field: FormField) -> int:
    if field.character_limit:
        return MIDDLE_ROWS
    return TALL_ROWS if field.is_required else LOW_ROWS
