"""Two savings of one text, put together field by field (変更の統合).

The form of the merge carries the fields as one person typed them, and for each field that both
changed a choice: theirs, mine, or a text edited on the spot.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, SelectField

from app.core.forms import JaForm

BASE_VERSION = "base_version"
CHOICE = "choice-"
EDITED = "edited-"
THEIRS, MINE, EDIT = "theirs", "mine", "edit"
CHOICES = (THEIRS, MINE, EDIT)
NOT_CHOSEN = "どちらを残すか選んでください"
SWITCHED_ON = "y"


class Comparison(NamedTuple):
    """Names of the fields in which two texts differ (違う項目), in the order of the form.

    `clashing`: changed by both sides; `only_theirs`, `only_mine`: changed by one of them.
    """

    clashing: list[str]
    only_theirs: list[str]
    only_mine: list[str]


def compare(mine: JaForm, theirs: JaForm, base: JaForm | None) -> Comparison:
    """Compare two texts with the one both began from (三者の比較).

    Without a base every difference is a clash: nobody can tell who changed what.
    """
    found = Comparison([], [], [])
    for field in content_fields(mine):
        own, other = _value(field), _value(theirs[field.name])
        before = None if base is None else _value(base[field.name])
        if own == other:
            continue
        if base is not None and own == before:
            found.only_theirs.append(field.name)
        elif base is not None and other == before:
            found.only_mine.append(field.name)
        else:
            found.clashing.append(field.name)
    return found


def content_fields(form: JaForm) -> Iterator[Field]:
    """Fields in which a person types or chooses (入力する項目), in the order of the form."""
    return (field for field in form if not isinstance(field, HiddenField))


def is_text(field: Field) -> bool:
    """Whether the answer is typed (文の項目), not chosen."""
    return not isinstance(field, (SelectField, BooleanField)) and not hasattr(field, "choices")


def shown(field: Field) -> str:
    """Answer of a field in words (回答の表示): chosen ones by their labels, a line each."""
    if isinstance(field, BooleanField):
        return "はい" if field.data else ""
    if is_text(field):
        return str(field.data or "")
    return "\n".join(label for _, label in _chosen(field))


def sent_pairs(form: JaForm) -> Iterator[tuple[str, str]]:
    """Name and value of every answer as a browser would send it (送る値)."""
    for field in content_fields(form):
        if isinstance(field, BooleanField):
            values = [SWITCHED_ON] if field.data else []
        elif is_text(field):
            values = [str(field.data or "")]
        else:
            values = [value for value, _ in _chosen(field)]
        yield from ((field.name, value) for value in values)


def edited_input(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent, with the texts that were edited on the spot in their fields (統合の入力)."""
    merged = MultiDict(sent)
    for name, choice in choices_in(sent).items():
        if choice == EDIT:
            merged.setlist(name, [sent.get(f"{EDITED}{name}", "")])
    return merged


def choices_in(sent: Mapping[str, str]) -> dict[str, str]:
    """Choices of a merge by the name of the field (選んだ側); unknown words are none."""
    return {
        name.removeprefix(CHOICE): choice
        for name, choice in sent.items()
        if name.startswith(CHOICE) and choice in CHOICES
    }


def resolve(
    mine: JaForm, theirs: JaForm, base: JaForm | None, choices: Mapping[str, str]
) -> list[str]:
    """Put the chosen answers into `mine` (統合); return the names still to be decided."""
    compared = compare(mine, theirs, base)
    taken = {name for name in compared.only_theirs if name not in choices}
    taken |= {name for name, choice in choices.items() if choice == THEIRS}
    for field in content_fields(mine):
        if field.name in taken:
            field.data = theirs[field.name].data
    return [name for name in compared.clashing if name not in choices]


def _chosen(field: Any) -> list[tuple[str, str]]:
    return [
        (str(choice.value), str(choice.label)) for choice in field.iter_choices() if choice.selected
    ]


def _value(field: Field) -> Any:
    data = field.data
    if isinstance(data, (list, tuple, set)):
        return sorted(str(item) for item in data)
    return "" if data is None else data
