"""What a letter leaves to be filled in for each person (差込み)."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from app.mailings.models import Audience


class Placeholder(StrEnum):
    """Words in braces that are replaced in each letter (差込みの語)."""

    BODY = "団体名"
    PERSON = "氏名"
    ROUND = "募集回"
    CLOSING = "締切日"
    CASES = "件数"
    NUMBERS = "受付番号一覧"


# Only these letters go to bodies that have cases to speak of.
OF_CASES = (Placeholder.CASES, Placeholder.NUMBERS)
WITH_CASES = (Audience.SUBMITTED, Audience.RETURNED, Audience.IN_TRIAGE, Audience.CLOSED)
# The end of the round concerns those who propose (団体ごとの期限延長を含む).
OF_BODIES = (Placeholder.CLOSING,)

_MARK = re.compile(r"\{([^{}\n]*)\}")
_LONE = re.compile(r"[{}]")
# A wide brace is what an input method makes of a brace: it would stay in the letter as typed.
_WIDE = re.compile("[｛｝]")


def problems(text: str, audience: Audience, *, where: str) -> list[str]:
    """What would stay unresolved in a text, each with its name and place (差込みの誤り)."""
    return [
        words
        for line, row in enumerate(text.split("\n"), start=1)
        for words in _problems_of_line(row, audience, f"{where}の{line}行目")
    ]


def _problems_of_line(row: str, audience: Audience, place: str) -> Iterator[str]:
    for name in _MARK.findall(row):
        if name not in list(Placeholder):
            known = "、".join(f"{{{word}}}" for word in Placeholder)
            yield f"{place}の「{{{name}}}」は使えない差込みです。使えるのは{known}です"
        elif not _is_known_for(Placeholder(name), audience):
            yield f"{place}の「{{{name}}}」は、この宛先では入れる値がありません"
    if _LONE.search(_MARK.sub("", row)):
        yield f"{place}に、対になっていない「{{」か「}}」があります"
    if _WIDE.search(row):
        yield f"{place}に、全角の「｛」か「｝」があります。半角で書いてください"


def _is_known_for(name: Placeholder, audience: Audience) -> bool:
    if name in OF_CASES:
        return audience in WITH_CASES
    return name not in OF_BODIES or audience is not Audience.MINISTRIES


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Put the values in, once: what a value holds is never filled in again (差込み).

    Raises LookupError for a word without a value: nothing half-written leaves.
    """
    return _MARK.sub(lambda found: values[_named(found.group(1))], text)


def _named(name: str) -> Placeholder:
    try:
        return Placeholder(name)
    except ValueError as error:
        raise LookupError(name) from error
