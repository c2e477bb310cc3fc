"""Ministries of a candidate as the list prints them (担当府省庁・関係府省庁): read and written.

「行革事務局、総務省（デジタル庁）」 has two in charge together and one that is concerned.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.candidates.models import CandidateMinistry
from app.core.errors import DomainError
from app.workflow.candidates import MinistryPart

BETWEEN = "、"
_PRINTED = re.compile(r"(?P<leads>[^（）]*)(?:（(?P<related>[^（）]+)）)?")
_SEPARATORS = re.compile("[、，,;；・\n]")
HOW_TO_WRITE = (
    "担当府省庁を「、」でつなぎ、関係府省庁を後ろの（ ）に入れてください。"
    "例：行革事務局、総務省（デジタル庁）"
)
LONGEST_NAME = 100  # characters


class UnreadableMinistries(DomainError):
    """A text that does not name ministries in the printed way (担当府省庁の書き方の誤り)."""


class NamedMinistry(NamedTuple):
    """A ministry with its part, as the text names it (府省庁の名前)."""

    part: MinistryPart
    name: str


def read_ministries(text: str) -> list[NamedMinistry]:
    """Read ministries as the list prints them, in their order. Raises UnreadableMinistries."""
    found = _PRINTED.fullmatch(text.replace("(", "（").replace(")", "）").strip())
    if found is None:
        raise UnreadableMinistries(HOW_TO_WRITE)
    named = [
        *(NamedMinistry(MinistryPart.LEAD, name) for name in _names(found["leads"])),
        *(NamedMinistry(MinistryPart.RELATED, name) for name in _names(found["related"] or "")),
    ]
    _check(named)
    return named


def print_ministries(rows: Sequence[CandidateMinistry]) -> str:
    """The ministries as the list prints them (印刷の表記): 「」 without any."""
    leads = BETWEEN.join(row.printed_name for row in rows if row.part is MinistryPart.LEAD)
    related = BETWEEN.join(row.printed_name for row in rows if row.part is MinistryPart.RELATED)
    return f"{leads}（{related}）" if related else leads


def _names(text: str) -> list[str]:
    return [name.strip() for name in _SEPARATORS.split(text) if name.strip()]


def _check(named: Sequence[NamedMinistry]) -> None:
    names = [row.name for row in named]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise UnreadableMinistries(f"「{twice[0]}」が2度書かれています。1度だけ書いてください")
    if named and named[0].part is not MinistryPart.LEAD:
        raise UnreadableMinistries(f"担当府省庁がありません。{HOW_TO_WRITE}")
    too_long = [name for name in names if len(name) > LONGEST_NAME]
    if too_long:
        raise UnreadableMinistries(f"府省庁の名前は{LONGEST_NAME}文字以内で入力してください")
