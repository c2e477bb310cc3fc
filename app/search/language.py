"""The language of the search (検索の書き方), read: pure, it knows words and fields, no database.

戸籍 システム      both words            "窓口 支援"    exactly this
-廃止             without this          戸籍 OR 住民票   one of them
状態:仕分け中      a field               期限:<2024-09-01  a date before
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.text import normalize_input, search_key

LONGEST_QUERY = 200  # characters
MOST_WORDS = 10


class Field(StrEnum):
    """Field of the search (検索の項目), as one types it."""

    KIND = "種類"
    NUMBER = "番号"
    ROUND = "回"
    BODY = "団体"
    BODY_TYPE = "団体種別"
    STATE = "状態"
    CATEGORY = "分類"
    MINISTRY = "府省"
    REVIEWER = "担当"
    DUE = "期限"


# Other names that people type for a field.
OTHER_NAMES = {
    "募集回": Field.ROUND,
    "受付番号": Field.NUMBER,
    "提案団体": Field.BODY,
    "府省庁": Field.MINISTRY,
    "所管": Field.MINISTRY,
}

_QUOTES = {'"': '"', "“": "”", "＂": "＂", "「": "」"}
_MINUS = "-－−"
_OR = ("OR", "ＯＲ", "または")
_COLON = re.compile("[:：]")
# The longer ones first, so that none is taken for its beginning.
_COMPARISONS = {
    "<=": "<=",
    ">=": ">=",
    "＜＝": "<=",
    "＞＝": ">=",
    "≦": "<=",
    "≧": ">=",
    "<": "<",
    ">": ">",
    "＜": "<",
    "＞": ">",
}


@dataclass(frozen=True)
class Word:
    """One word (語) as typed; an exact one (語句) is looked for without its other names."""

    text: str
    is_exact: bool = False

    @property
    def key(self) -> str:
        """The word folded as the texts are (検索キー)."""
        return search_key(self.text)


@dataclass(frozen=True)
class FieldTerm:
    """One condition on a field (項目の条件): `comparison` is "" or <, <=, >, >=."""

    field: Field
    value: str
    comparison: str = ""
    is_excluded: bool = False

    @property
    def text(self) -> str:
        """The condition as one types it (書き方)."""
        return (
            f"{'-' if self.is_excluded else ''}{self.field}:{self.comparison}{quoted(self.value)}"
        )


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search as it was understood (検索の読み取り).

    One word of each of the `groups` must be there, none of the `excluded`. `problems` says in
    Japanese what was not understood, and what was done instead.
    """

    text: str = ""
    groups: tuple[tuple[Word, ...], ...] = ()
    excluded: tuple[Word, ...] = ()
    fields: tuple[FieldTerm, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for (条件なし)."""
        return not (self.groups or self.excluded or self.fields)

    @property
    def words(self) -> tuple[Word, ...]:
        """Words that are looked for, without the excluded ones."""
        return tuple(word for group in self.groups for word in group)


def quoted(value: str) -> str:
    """A value as one types it: in quotes where it has a blank or could be read otherwise."""
    return f'"{value}"' if re.search(r"[\s:：<>＜＞「」“”-]", value) and '"' not in value else value


def read_query(asked: Mapping[str, str]) -> Query:
    """Read the search from an address (検索の読み取り). Never fails: what is odd is said."""
    text = normalize_input(asked.get("q", ""))
    problems = []
    if len(text) > LONGEST_QUERY:
        text = text[:LONGEST_QUERY]
        problems.append(
            f"検索の語は{LONGEST_QUERY}文字までです。先頭の{LONGEST_QUERY}文字で探しました。"
        )
    return _Reader(text, problems=problems).read()


@dataclass
class _Reader:
    text: str
    problems: list[str]
    groups: list[tuple[Word, ...]] = field(default_factory=list)
    excluded: list[Word] = field(default_factory=list)
    fields: list[FieldTerm] = field(default_factory=list)
    # Whether the last thing was a word, to which an OR can join another one.
    can_join: bool = False
    joins: bool = False
    count: int = 0

    def read(self) -> Query:
        for token in tokens_of(self.text, self.problems):
            self._take(token)
        if self.joins:
            self._say("OR の後に語がありません。OR を外して探しました。")
        return Query(
            text=self.text,
            groups=tuple(self.groups),
            excluded=tuple(self.excluded),
            fields=tuple(self.fields),
            problems=tuple(self.problems),
        )

    def _take(self, token: str) -> None:
        if token in _OR:
            if not self.can_join:
                self._say("OR の前に語がありません。OR を外して探しました。")
            self.joins = self.can_join
            return
        is_excluded = token[0] in _MINUS and len(token) > 1
        body = token[1:] if is_excluded else token
        named = self._field_in(body)
        if is_excluded or named is not None:
            self._stop_joining()
        if named is None:
            self._take_word(_word(body), is_excluded=is_excluded)
        else:
            self._take_field(named, _split_at_colon(body)[2], is_excluded=is_excluded)

    def _take_word(self, word: Word, *, is_excluded: bool) -> None:
        if not word.key:
            self._say(f"「{word.text}」には探せる文字がありません。外して探しました。")
            return
        self.count += 1
        if self.count > MOST_WORDS:
            self._say(f"語は{MOST_WORDS}個までです。先頭の{MOST_WORDS}個で探しました。")
        elif is_excluded:
            self.excluded.append(word)
        elif self.joins:
            self.groups[-1] = (*self.groups[-1], word)
        else:
            self.groups.append((word,))
        if not is_excluded:
            self.can_join, self.joins = True, False

    def _field_in(self, body: str) -> Field | None:
        name, has_colon, value = _split_at_colon(body)
        if body[0] in _QUOTES or not has_colon:
            return None
        known = _field_named(name)
        if known is None and name and value:
            self._say(
                f"「{name}」という項目はないため、「{body}」をそのままの文字として探しました。"
                f"使える項目：{'、'.join(Field)}。"
            )
        return known

    def _take_field(self, known: Field, value: str, *, is_excluded: bool) -> None:
        sign = next((sign for sign in _COMPARISONS if value.startswith(sign)), "")
        value = _unquoted(value.removeprefix(sign)).strip()
        if not search_key(value):
            self._say(f"「{known}:」の後に値がないため、外して探しました。例：{EXAMPLES[known]}")
            return
        if sign and known is not Field.DUE:
            self._say(f"「{known}」は大小で比べられないため、「{value}」と同じものを探しました。")
            sign = ""
        self.fields.append(FieldTerm(known, value, _COMPARISONS.get(sign, ""), is_excluded))

    def _stop_joining(self) -> None:
        if self.joins:
            self._say("OR は語と語の間で使います。OR を外して探しました。")
        self.can_join = self.joins = False

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


EXAMPLES: dict[Field, str] = {
    Field.KIND: "種類:回答",
    Field.NUMBER: "番号:R6-0012",
    Field.ROUND: "回:R6",
    Field.BODY: "団体:甲県",
    Field.BODY_TYPE: "団体種別:町村",
    Field.STATE: "状態:仕分け中",
    Field.CATEGORY: "分類:F-5",
    Field.MINISTRY: "府省:厚生労働省",
    Field.REVIEWER: "担当:officer1",
    Field.DUE: "期限:<2024-09-01",
}


def tokens_of(text: str, problems: list[str]) -> list[str]:
    """Cut a search at its blanks, but not inside quotes (語への分割)."""
    found: list[str] = []
    token, closing = "", ""
    for letter in text:
        if closing:
            token += letter
            if letter == closing:
                found, token, closing = [*found, token], "", ""
        elif letter.isspace():
            found, token = [*found, token], ""
        else:
            if letter in _QUOTES and _may_open(token):
                closing = _QUOTES[letter]
            token += letter
    if closing:
        problems.append("引用符が閉じていません。最後までを1つの語句として探しました。")
        token += closing
    return [part for part in [*found, token] if part]


def _may_open(token: str) -> bool:
    """Whether a quote here opens a phrase: at the beginning, after a minus, colon or comparison."""
    return not token or token in tuple(_MINUS) or token[-1] in ":：<>＜＞=＝"


def _word(body: str) -> Word:
    if body[0] in _QUOTES:
        return Word(_unquoted(body).strip(), is_exact=True)
    return Word(body)


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] in _QUOTES and value[-1] == _QUOTES[value[0]]:
        return value[1:-1]
    return value


def _split_at_colon(body: str) -> tuple[str, bool, str]:
    found = _COLON.search(body)
    if found is None:
        return body, False, ""
    return body[: found.start()], True, body[found.end() :]


def _field_named(name: str) -> Field | None:
    key = search_key(name)
    named = {search_key(word): known for word, known in OTHER_NAMES.items()}
    return next((known for known in Field if known == key), named.get(key))
