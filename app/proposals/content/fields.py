"""The form of a round, read (様式の項目): order, words, limits, who reads what."""

from app.rounds.models import FieldAudience, FieldKind, FormField, Round
from app.rounds.round_form import field_named, is_extra

# Name of the field of the three viewpoints (視点), each of which is a column of its own.
VIEWPOINTS = "viewpoints"
VIEWPOINT_MARKS = {
    "is_viewpoint_new_issue": "ⅰ",
    "is_viewpoint_reform_burden": "ⅱ",
    "is_viewpoint_timely_data": "ⅲ",
}
VIEWPOINT_BOXES = tuple(VIEWPOINT_MARKS)


def field_of(round_: Round, name: str) -> FormField | None:
    """Field of this name, None when the form of the round has none; a box finds its viewpoints."""
    return field_named(round_, VIEWPOINTS if name in VIEWPOINT_MARKS else name)


def label_of(round_: Round, name: str) -> str:
    """Label of a field or of one viewpoint (項目名); a name the form does not have stays itself."""
    if name in VIEWPOINT_MARKS:
        return f"視点{VIEWPOINT_MARKS[name]}"
    field = field_of(round_, name)
    return field.label if field else name


def labels_of(round_: Round) -> dict[str, str]:
    """Labels of the form by name, in its order (項目名の一覧)."""
    return {field.name: field.label for field in round_.form_fields}


def names_of(field: FormField) -> tuple[str, ...]:
    """Names under which the content of a proposal keeps this field: three for the viewpoints."""
    return VIEWPOINT_BOXES if field.kind is FieldKind.VIEWPOINTS else (field.name,)


def extra_fields(round_: Round) -> list[FormField]:
    """Fields that only this round asks (追加の項目)."""
    return [field for field in round_.form_fields if is_extra(field)]


def shared_fields(round_: Round) -> list[FormField]:
    """Fields other bodies may read once a proposal is opened to them or published (P27)."""
    return [field for field in round_.form_fields if field.audience is FieldAudience.SHARED]


def inner_fields(round_: Round) -> list[FormField]:
    """Fields between the body and the secretariat (内部の項目): whom to call, above all (P27)."""
    return [field for field in round_.form_fields if field.audience is not FieldAudience.SHARED]


def viewpoint_words(field: FormField) -> dict[str, str]:
    """Words of the three boxes by their names, as the form of the round says them (視点)."""
    return dict(zip(VIEWPOINT_BOXES, field.choices, strict=True))
