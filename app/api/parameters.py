"""Parameters of the API (パラメーター): declared once, for the check and for the description."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import InvalidInput
from app.core.text import normalize_input

UNKNOWN = "このパラメーターはありません。綴りを確かめるか、外してください"
TWICE = "このパラメーターは1回だけ指定してください"
MISSING = "このパラメーターは必ず指定してください"
NOT_A_CHOICE = "{words}は、{choices}のどれかで指定してください"
NOT_A_NUMBER = "{words}は、{least}から{most}までの整数で指定してください"
TOO_LONG = "{words}は、{most}文字以内で指定してください"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a query (パラメーター): a text, one of `choices`, or a number in a range."""

    name: str
    words: str
    description: str = ""
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    longest: int = 100  # characters
    is_required: bool = False

    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        if self.bounds is not None:
            least, most = self.bounds
            return {"type": "integer", "minimum": least, "maximum": most}
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string", "maxLength": self.longest}

    def fault_of(self, text: str) -> str:
        """What is wrong with a value, in words; "" for nothing."""
        if self.bounds is not None and not _is_within(text, self.bounds):
            least, most = self.bounds
            return NOT_A_NUMBER.format(words=self.words, least=least, most=most)
        if self.choices and text not in self.choices:
            return NOT_A_CHOICE.format(words=self.words, choices="・".join(self.choices))
        if len(text) > self.longest:
            return TOO_LONG.format(words=self.words, most=self.longest)
        return ""


def read_parameters(declared: Sequence[Parameter], asked: MultiDict[str, str]) -> Mapping[str, str]:
    """Values of a query by name, none for what is not there (パラメーターの検査).

    Raises InvalidInput naming whatever is unknown, missing, there twice or not what it should be.
    """
    by_name = {parameter.name: parameter for parameter in declared}
    errors: dict[str, list[str]] = {}
    taken: dict[str, str] = {}
    for name, values in asked.lists():
        text = normalize_input(values[0]).strip()
        fault = by_name[name].fault_of(text) if name in by_name else UNKNOWN
        if len(values) > 1:
            fault = fault or TWICE
        if fault:
            errors[normalize_input(name)[:50]] = [fault]
        taken[name] = text
    for parameter in declared:
        if parameter.is_required and not taken.get(parameter.name):
            errors.setdefault(parameter.name, [MISSING])
    if errors:
        raise InvalidInput(errors)
    return {name: text for name, text in taken.items() if text}


def _is_within(text: str, bounds: tuple[int, int]) -> bool:
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return is_number and bounds[0] <= int(text) <= bounds[1]
