"""What a letter leaves to be filled in for each person (差込み)."""

from collections.abc import Mapping
from enum import StrEnum

from app.core import placeholders
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


def problems(text: str, audience: Audience, *, where: str) -> list[str]:
    """What would stay unresolved in a text, each with its name and place (差込みの誤り)."""

    def judge(name: str, place: str) -> str:
        if name not in list(Placeholder):
            known = "、".join(f"{{{word}}}" for word in Placeholder)
            return f"{place}の「{{{name}}}」は使えない差込みです。使えるのは{known}です"
        if not _is_known_for(Placeholder(name), audience):
            return f"{place}の「{{{name}}}」は、この宛先では入れる値がありません"
        return ""

    return placeholders.placeholder_problems(text, judge, where=where)


def _is_known_for(name: Placeholder, audience: Audience) -> bool:
    if name in OF_CASES:
        return audience in WITH_CASES
    return name not in OF_BODIES or audience is not Audience.MINISTRIES


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Put the values in, once: what a value holds is never filled in again (差込み).

    Raises LookupError for a word without a value: nothing half-written leaves.
    """
    return placeholders.fill(text, {name.value: value for name, value in values.items()})
