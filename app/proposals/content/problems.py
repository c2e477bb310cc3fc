"""What keeps a proposal from being submitted (提出の妨げ), by the form of its round."""

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from app.core.errors import InvalidInput
from app.core.text import count_characters
from app.proposals.content.answers import content_of
from app.proposals.content.conditions import is_answered, visible_fields
from app.proposals.models import Proposal
from app.rounds.models import FieldKind, FormField, Round
from app.rounds.round_form import LimitGroup, choices_of, fields_of, limit_groups

CHOSEN_KINDS = (FieldKind.MINISTRY, FieldKind.YES_NO, FieldKind.CHOICE)
ANNEX_WORDS = "長い文は別紙に書き、添付してください"


def problems_of(proposal: Proposal) -> dict[str, list[str]]:
    """What keeps a proposal from being submitted, by field, in the order of the form.

    Only fields that are asked count: a hidden one is neither required nor too long.
    """
    return problems_in(proposal.round, content_of(proposal))


def problems_in(round_: Round, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What keeps a content from being a submission of this round, by field (変更の申出)."""
    shown = visible_fields(round_, values)
    groups = limit_groups(round_)
    found: dict[str, list[str]] = {}
    for field in shown:
        said = [*_missing(field, values), *_misshapen(field, values)]
        said += _too_long(field, groups, shown, values)
        if said:
            found[field.name] = said
    return found


def required_fields(proposal: Proposal) -> list[FormField]:
    """Fields that must be answered, given the present answers (必須の項目)."""
    shown = visible_fields(proposal.round, content_of(proposal))
    return [field for field in shown if field.is_required]


def check_choices(round_: Round, content: Mapping[str, Any]) -> None:
    """Refuse an answer that is none of the choices of its field. Raises InvalidInput."""
    errors = {
        field.name: [f"{field.label}を一覧から選んでください"]
        for field in fields_of(round_)
        if field.kind in (FieldKind.YES_NO, FieldKind.CHOICE)
        and content.get(field.name)
        and content[field.name] not in choices_of(field)
    }
    if errors:
        raise InvalidInput(errors)


def group_length(group: LimitGroup, values: Mapping[str, Any]) -> int:
    """Characters of the fields that share one limit (合わせた文字数)."""
    return sum(count_characters(str(values.get(field.name) or "")) for field in group.fields)


def over_limit(label: str, limit: int, over: int) -> str:
    """Words for a text that is too long (文字数超過): by how much, and where the rest goes."""
    joined = label if label.endswith("合わせて") else f"{label}は"
    return f"{joined}{limit}文字以内で入力してください（{over}文字超えています）。{ANNEX_WORDS}"


def _missing(field: FormField, values: Mapping[str, Any]) -> list[str]:
    if not field.is_required or is_answered(field, values):
        return []
    if field.kind is FieldKind.VIEWPOINTS:
        return [f"{field.label}を1つ以上選んでください"]
    verb = "選んで" if field.kind in CHOSEN_KINDS else "入力して"
    return [f"{field.label}を{verb}ください"]


def _misshapen(field: FormField, values: Mapping[str, Any]) -> list[str]:
    choices = choices_of(field)
    if choices and is_answered(field, values) and values[field.name] not in choices:
        # The form was changed after the draft was saved.
        return [f"{field.label}を一覧から選び直してください"]
    if field.kind is not FieldKind.EMAIL or not is_answered(field, values):
        return []
    try:
        # Addresses of a closed network are good, too: only the shape is looked at.
        validate_email(
            str(values[field.name]), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        return [f"{field.label}は、mado@city.example.jp のような形で入力してください"]
    return []


def _too_long(
    field: FormField,
    groups: list[LimitGroup],
    shown: list[FormField],
    values: Mapping[str, Any],
) -> list[str]:
    """Say at the first field of a limit by how much the shown ones are over it."""
    for group in groups:
        counted = LimitGroup([row for row in group.fields if row in shown], group.limit)
        if not counted.fields or counted.fields[0] is not field:
            continue
        over = group_length(counted, values) - group.limit
        if over > 0:
            return [over_limit(group_label(counted), group.limit, over)]
    return []


def group_label(group: LimitGroup) -> str:
    """Name of what is counted: one field, or 「支障事例と制度改正の効果は合わせて」."""
    if len(group.fields) == 1:
        return group.fields[0].label
    return f"{'と'.join(field.label for field in group.fields)}は合わせて"
