"""The form of a round, read (様式の項目): order, words, limits, conditions."""

from typing import NamedTuple

from app.rounds.default_form import CORE_FIELDS, NO, YES
from app.rounds.models import FieldKind, FormField, Round

YES_NO_WORDS = {YES: "はい", NO: "いいえ"}


class LimitGroup(NamedTuple):
    """Fields whose characters are counted together (合わせて数える項目); mostly a single one."""

    fields: list[FormField]
    limit: int


def fields_of(round_: Round) -> list[FormField]:
    """Fields of the form of a round, in its order (様式の項目)."""
    return list(round_.form_fields)


def field_named(round_: Round, name: str) -> FormField | None:
    """Field of this name, None when the form of the round has none."""
    return next((field for field in round_.form_fields if field.name == name), None)


def is_extra(field: FormField) -> bool:
    """Whether the answer is kept beside the columns, for this round only (追加の項目)."""
    return field.name not in CORE_FIELDS


def limit_groups(round_: Round) -> list[LimitGroup]:
    """Every limit of the form in characters with the fields that share it (文字数の上限)."""
    groups: dict[str, LimitGroup] = {}
    for field in round_.form_fields:
        if field.character_limit is None:
            continue
        key = f"group:{field.limit_group}" if field.limit_group else field.name
        groups.setdefault(key, LimitGroup([], field.character_limit)).fields.append(field)
    return list(groups.values())


def limit_words(round_: Round) -> str:
    """Limits of the form in words (文字数の上限): 支障事例と…を合わせて 700文字."""
    words = [
        f"{'と'.join(field.label for field in group.fields)}"
        f"{'を合わせて' if len(group.fields) > 1 else ''} {group.limit:,}文字"
        for group in limit_groups(round_)
    ]
    return "、".join(words)


def choices_of(field: FormField) -> dict[str, str]:
    """Values one can choose in a field, with their words (選択肢); empty for texts."""
    if field.kind is FieldKind.YES_NO:
        return YES_NO_WORDS
    return {choice: choice for choice in field.choices} if field.kind is FieldKind.CHOICE else {}


def choice_words(field: FormField, value: str) -> str:
    """Words of a chosen value; a text is its own words."""
    return YES_NO_WORDS.get(value, value) if field.kind is FieldKind.YES_NO else value


def condition_words(round_: Round, field: FormField) -> str:
    """Words of the condition, empty for a field that is always asked: 「…」が「はい」のとき."""
    if field.shown_when_field is None:
        return ""
    deciding = field_named(round_, field.shown_when_field)
    if deciding is None:
        return ""
    words = choice_words(deciding, field.shown_when_value)
    return f"「{deciding.label}」が「{words}」のとき"
