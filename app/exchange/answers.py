"""Answers as cells (回答とセル): how the answer to a field is written, and read back."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import Organization
from app.accounts.queries import list_ministries
from app.exchange.keys import folded
from app.proposals.content import choice_words, choices_of, ministry_name
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.rounds.default_form import NO, YES
from app.rounds.models import FieldKind, FormField

MARK_SEPARATOR = "、"
_TRUE_WORDS = frozenset({"はい", "yes", "true", "有", "○", "◯", "〇", "1"})
_FALSE_WORDS = frozenset({"いいえ", "no", "false", "無", "×", "0"})
_ROMAN = re.compile("[ⅰⅱⅲⅠⅡⅢ]")
_NUMERALS = {"i": "ⅰ", "ii": "ⅱ", "iii": "ⅲ", "1": "ⅰ", "2": "ⅱ", "3": "ⅲ"}
UNKNOWN_WORDS = frozenset({"", "分からない", "わからない", "不明"})


class UnreadableAnswer(Exception):
    """The cell holds no answer to its field; the message says what to write (Japanese)."""


@dataclass(frozen=True)
class Ministries:
    """Ministries by id and by folded name (所管府省庁の一覧), read once for a whole table."""

    names: Mapping[int, str]
    ids: Mapping[str, int]
    # Held, so that whoever asks for one of them by its id asks no database.
    rows: Sequence[Organization]


def all_ministries() -> Ministries:
    """Read the ministries and their units (所管府省庁)."""
    rows = list_ministries()
    names = {row.id: ministry_name(row) for row in rows}
    # A unit may be named without its ministry where no other unit has that name.
    short = [(folded(row.name), row.id) for row in rows]
    single = {key: id_ for key, id_ in short if [name for name, _ in short].count(key) == 1}
    ids = {**single, **{folded(name): id_ for id_, name in names.items()}}
    return Ministries(names, ids, rows)


def written(field: FormField, value: object, ministries: Ministries) -> str:
    """The answer as it stands in a cell (セルの文字). `value` is what the form field would hold."""
    if field.kind is FieldKind.MINISTRY:
        return ministries.names.get(value, "") if isinstance(value, int) else ""
    if field.kind is FieldKind.VIEWPOINTS:
        chosen = value if isinstance(value, (list, tuple)) else ()
        return MARK_SEPARATOR.join(mark for name, mark in VIEWPOINT_MARKS.items() if name in chosen)
    return choice_words(field, str(value or ""))


def read_answer(field: FormField, text: str, ministries: Ministries) -> object:
    """The value a form field would hold, from the text of a cell. Raises UnreadableAnswer."""
    return _READERS.get(field.kind, _read_text)(field, text, ministries)


def _read_text(_field: FormField, text: str, _ministries: Ministries) -> object:
    return text


def _read_ministry(_field: FormField, text: str, ministries: Ministries) -> object:
    key = folded(text)
    if key in UNKNOWN_WORDS:
        return None
    if key not in ministries.ids:
        raise UnreadableAnswer(
            "一覧にない所管府省庁です。様式の「選択肢」のとおりに書くか、分からなければ空欄にしてください"
        )
    return ministries.ids[key]


def _read_viewpoints(_field: FormField, text: str, _ministries: Ministries) -> object:
    apart = _ROMAN.sub(lambda mark: f" {mark[0]} ", text)
    folded = unicodedata.normalize("NFKC", apart).casefold()
    names = {mark: name for name, mark in VIEWPOINT_MARKS.items()}
    chosen = []
    for word in re.split(r"[\s,、。・･/;及び]+", folded):
        if not word:
            continue
        if word not in _NUMERALS:
            raise UnreadableAnswer(
                "視点は ⅰ、ⅱ、ⅲ のうち当てはまるものを「、」で区切って書いてください（例：ⅰ、ⅲ）"
            )
        chosen.append(names[_NUMERALS[word]])
    return [name for name in VIEWPOINT_MARKS if name in chosen]


def _read_yes_no(_field: FormField, text: str, _ministries: Ministries) -> object:
    word = folded(text)
    if not word:
        return ""
    if word not in _TRUE_WORDS | _FALSE_WORDS:
        raise UnreadableAnswer("「はい」か「いいえ」を書いてください")
    return YES if word in _TRUE_WORDS else NO


def _read_choice(field: FormField, text: str, _ministries: Ministries) -> object:
    known = {folded(word): value for value, word in choices_of(field).items()}
    word = folded(text)
    if not word:
        return ""
    if word not in known:
        listed = "、".join(choices_of(field).values())
        raise UnreadableAnswer(f"次のいずれかを書いてください：{listed}")
    return known[word]


_READERS: dict[FieldKind, Callable[[FormField, str, Ministries], object]] = {
    FieldKind.MINISTRY: _read_ministry,
    FieldKind.VIEWPOINTS: _read_viewpoints,
    FieldKind.YES_NO: _read_yes_no,
    FieldKind.CHOICE: _read_choice,
}
