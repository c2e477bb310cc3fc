"""Rules a form must keep (様式の決まり): what may be set for a field, and what may not."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.text import is_blank
from app.rounds.default_form import CORE_FIELDS, TITLE_FIELD
from app.rounds.labels import DECIDING_KINDS, TEXT_KINDS
from app.rounds.models import FieldAudience, FieldKind, FormField, Round
from app.rounds.models.form_field import LONGEST_FIELD_LABEL
from app.rounds.round_form import choices_of, field_named, fields_of

LONGEST_LIMIT = 20_000  # characters, what a text can hold
LONGEST_HELP = 1_000
LONGEST_CHOICE = 200
MOST_CHOICES = 50
VIEWPOINT_COUNT = 3

Errors = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class FieldSettings:
    """What can be set for a field (項目の設定).

    `counted_with` names another field that shares the limit. Settings that the kind of the field
    does not have are ignored.
    """

    label: str
    help: str = ""
    section: str = ""
    is_required: bool = False
    character_limit: int | None = None
    counted_with: str = ""
    choices: tuple[str, ...] = ()
    shown_when_field: str = ""
    shown_when_value: str = ""
    keeps_hidden_answer: bool = False
    audience: FieldAudience = FieldAudience.BODY_AND_SECRETARIAT


def wording_errors(
    round_: Round, name: str, *, label: str, help_text: str, section: str = ""
) -> Errors:
    """What is wrong with the words of a field (項目名・説明); `name` is its own."""
    errors: Errors = {}
    if is_blank(label):
        errors["label"] = ["項目名を入力してください"]
    elif len(label) > LONGEST_FIELD_LABEL:
        errors["label"] = [f"項目名は{LONGEST_FIELD_LABEL}文字以内で入力してください"]
    elif any(row.label == label and row.name != name for row in fields_of(round_)):
        errors["label"] = ["この項目名は、この様式の別の項目で使われています"]
    if len(help_text) > LONGEST_HELP:
        errors["help"] = [f"説明は{LONGEST_HELP}文字以内で入力してください"]
    if len(section) > LONGEST_FIELD_LABEL:
        errors["section"] = [f"見出しは{LONGEST_FIELD_LABEL}文字以内で入力してください"]
    return errors


def settings_errors(round_: Round, name: str, kind: FieldKind, settings: FieldSettings) -> Errors:
    """What is wrong with the settings of a field, by setting (項目の設定の誤り)."""
    return {
        **wording_errors(
            round_, name, label=settings.label, help_text=settings.help, section=settings.section
        ),
        **_limit_errors(round_, name, kind, settings),
        **_choice_errors(round_, name, kind, settings),
        **_condition_errors(round_, name, settings),
        **_title_errors(name, settings),
    }


def deciding_fields(round_: Round, name: str) -> list[FormField]:
    """Fields that may decide about a field: earlier ones with choices (条件にできる項目)."""
    names = [row.name for row in fields_of(round_)]
    end = names.index(name) if name in names else len(names)
    return [row for row in fields_of(round_)[:end] if row.kind in DECIDING_KINDS]


def dependent_fields(round_: Round, name: str) -> list[FormField]:
    """Fields that are asked only after a certain answer to this one (この項目に従う項目)."""
    return [row for row in fields_of(round_) if row.shown_when_field == name]


def is_in_order(fields: Sequence[FormField]) -> bool:
    """Whether every deciding field stands before those it decides about (条件の順序)."""
    seen: set[str] = set()
    for row in fields:
        if row.shown_when_field is not None and row.shown_when_field not in seen:
            return False
        seen.add(row.name)
    return True


def longest_limit(name: str) -> int:
    """Greatest limit a field can have, in characters (上限として設定できる文字数)."""
    return CORE_FIELDS.get(name) or LONGEST_LIMIT


def _limit_errors(round_: Round, name: str, kind: FieldKind, settings: FieldSettings) -> Errors:
    if kind not in TEXT_KINDS:
        return {}
    limit, longest = settings.character_limit, longest_limit(name)
    if limit is not None and not 1 <= limit <= longest:
        return {"character_limit": [f"文字数の上限は1から{longest:,}までで入力してください"]}
    return _counting_errors(round_, name, settings) if settings.counted_with else {}


def _counting_errors(round_: Round, name: str, settings: FieldSettings) -> Errors:
    other = field_named(round_, settings.counted_with)
    if other is None or other.kind not in TEXT_KINDS or other.name == name:
        return {"counted_with": ["合わせて数える項目を一覧から選んでください"]}
    if settings.character_limit is None:
        return {"character_limit": ["合わせて数えるときは、文字数の上限を入力してください"]}
    most = longest_limit(other.name)
    if settings.character_limit > most:
        return {"character_limit": [f"「{other.label}」と合わせるときは{most:,}文字までです"]}
    return {}


def _choice_errors(round_: Round, name: str, kind: FieldKind, settings: FieldSettings) -> Errors:
    if kind is FieldKind.VIEWPOINTS:
        said = _viewpoint_problem(settings.choices)
    elif kind is FieldKind.CHOICE:
        said = _choice_problem(round_, name, settings.choices)
    else:
        said = ""
    return {"choices": [said]} if said else {}


def _viewpoint_problem(choices: Sequence[str]) -> str:
    if len(choices) == VIEWPOINT_COUNT:
        return ""
    return f"視点は{VIEWPOINT_COUNT}つです。1行に1つずつ、{VIEWPOINT_COUNT}行で入力してください"


def _choice_problem(round_: Round, name: str, choices: Sequence[str]) -> str:
    if not 2 <= len(choices) <= MOST_CHOICES:
        return f"選択肢は、1行に1つずつ2行から{MOST_CHOICES}行で入力してください"
    if len(set(choices)) < len(choices):
        return "同じ選択肢が2行あります。1行にしてください"
    if any(len(choice) > LONGEST_CHOICE for choice in choices):
        return f"選択肢は1行{LONGEST_CHOICE}文字以内で入力してください"
    needed = {row.shown_when_value for row in dependent_fields(round_, name)} - set(choices)
    return f"「{'」「'.join(sorted(needed))}」は別の項目の条件なので消せません" if needed else ""


def _condition_errors(round_: Round, name: str, settings: FieldSettings) -> Errors:
    if not settings.shown_when_field:
        return {}
    deciding = {row.name: row for row in deciding_fields(round_, name)}
    found = deciding.get(settings.shown_when_field)
    if found is None or settings.shown_when_value not in choices_of(found):
        return {"condition": ["条件は、この項目より前にある項目から選んでください"]}
    return {}


def _title_errors(name: str, settings: FieldSettings) -> Errors:
    """The title names the case on every list: it is always asked, and everybody reads it."""
    if name != TITLE_FIELD:
        return {}
    errors: Errors = {}
    if not settings.is_required:
        errors["is_required"] = ["一覧に出る項目なので、必須から外せません"]
    if settings.shown_when_field:
        errors["condition"] = ["一覧に出る項目なので、条件は付けられません"]
    if settings.audience is not FieldAudience.SHARED:
        errors["audience"] = ["一覧に出る項目なので、読む人を限れません"]
    return errors
