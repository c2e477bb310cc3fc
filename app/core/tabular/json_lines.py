"""JSON Lines as rows (1行に1件のJSON): the keys of all objects make the header."""

import json
from collections.abc import Sequence


def rows_of_json_lines(text: str) -> list[Sequence[str]]:
    """Header and rows of the objects, one a line (JSON Lines); what an object lacks is empty.

    Raises ValueError with the number of the line that holds no object of plain values.
    """
    objects = [_object_in(line, number) for number, line in _lines(text)]
    keys = list(dict.fromkeys(key for found in objects for key in found))
    return [keys, *[[found.get(key, "") for key in keys] for found in objects]]


def _lines(text: str) -> list[tuple[int, str]]:
    # Only the line feed ends a line here: others may stand inside a text.
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _object_in(line: str, number: int) -> dict[str, str]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(number) from error
    if not isinstance(found, dict):
        raise ValueError(number)
    return {key: _text_of(value, number) for key, value in found.items()}


def _text_of(value: object, number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise ValueError(number)
