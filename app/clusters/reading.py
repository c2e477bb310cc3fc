"""What a text says a system does (システムの読取り): its functions with the words that say so.

Pure: texts in, data out. What the text leaves to paper, to another system or to another body is no
function of this one. The name (呼称) is read apart and never counts as a function.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.clusters.vocabulary import Found, duty_words, fold_in_place, function_words
from app.clusters.word_pairs import word_pairs

TITLE_WEIGHT = 3.0
LINKED_WEIGHT = 0.15  # of a duty that is only the source or the receiver of data
BASIC_WEIGHT = 0.4  # of a duty that every other one draws on, where it is not in the title
BASIC_DUTIES = frozenset(
    {
        "住民基本台帳",
        "戸籍",
        "印鑑登録",
        "個人住民税",
        "法人住民税",
        "固定資産税",
        "生活保護",
        "国民健康保険",
        "介護保険",
        "児童手当",
        "電子申請",
        "情報照会",
        "障害福祉",
    }
)
LONGEST_QUOTE = 40  # characters
LONGEST_GIST = 200  # characters; more takes longer to encode and tells no more
MOST_FUNCTIONS = 24

# Parts of a text, cut where a thought ends.
_SENTENCE = re.compile(r"[^。\n]+[。\n]?")
_CLAUSE_END = re.compile(r"(?:が|ものの|一方|のに対し)、")
# Sentences that say what this system does not do, or speak of another one.
_OUT_OF_SCOPE = re.compile(
    "対象外|含まない|含まれない|含まれておらず|備えていない|備えておらず|持たない|持っていない|"
    "扱っていない|扱わない|対象としない|別の(?:台帳|システム|仕組み|ソフト|帳簿)|別途|"
    "先方の|他団体では|近隣の(?:市|町|村|団体)(?:から|では|の)|表計算(?:ソフト)?(?:による|で管理)|"
    "機能はな[いく]|機能の?ない"
)
_LIMITED = re.compile(
    "のみ(?:を|の|で|に|と|。|）|\\)|$)|だけ(?:を|の|で|に|扱)|に絞|に限(?:る|っ|定)"
)
_PACKAGE = re.compile(
    "パッケージ|組み込ま|一機能|その一部|の一部として|一部に含|サブシステム|モジュール|に内包|"
    "に含まれて"
)
# The sentence ties a duty to this system as a source of data only.
_LINK_AFTER = re.compile(
    "^(?:台帳|名簿)?から|^[^。、]{0,14}?(?:と(?:の)?(?:連携|突合|照合|接続)|から(?:の)?(?:取り込|取込|受け取|抽出|照会)|"
    "を(?:参照|照会|確認)|の(?:情報|データ|異動|受給(?:の|者情報|状況)|所得情報|システムと))"
)
_NAME = re.compile(
    "(?:[一-龥々〆ァ-ヶーA-Za-zＡ-Ｚａ-ｚ・]|ひとり親|こども|子ども|し尿|ごみ|くみ取り|ふるさと|おくやみ){2,24}"
    "(?:システム|ソフトウェア|ソフト|サービス|データベース|台帳|アプリ|原簿|名簿|SaaS|ＳａａＳ)"
)
_IN_BRACKETS = re.compile("「([^」]{3,40})」")
_QUOTE_START = re.compile("[。、，．「」『』（）()\n　・]")
_NAME_PARTICLES = re.compile("^(?:当該|本市の|本県の|同じ|別の|新たな|共通の?|各|全国)+")
# Names that every proposal has and that name nothing.
_NO_NAMES = re.compile(
    "^(?:業務|情報|共通|標準準拠|基幹|当該|専用|既存|独自|国の|管理|表計算|民間|市販|編集|会議用|申請|決定・支給)?"
    "(?:システム|ソフトウェア|ソフト|サービス|データベース|台帳|アプリ|SaaS|原簿|名簿)$"
)


@dataclass(frozen=True, kw_only=True)
class Function:
    """One thing a system does (機能): its kind, the duty it serves, the words that say so."""

    kind: str
    duty: str
    quote: str
    field: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one text says of one system (読取り).

    `duties` maps each duty to its weight; `gist` is the text without names, for the
    encoder, `words` the pairs of its letters. `is_limited`: it says that it does this and no more.
    """

    names: tuple[str, ...]
    duties: dict[str, float]
    functions: tuple[Function, ...]
    gist: str
    words: dict[str, float]
    is_limited: bool
    is_package: bool

    @cached_property
    def main_duty(self) -> str:
        """Duty the system is for (主な業務), '' when the text names none we know."""
        return max(self.duties, key=lambda duty: (self.duties[duty], duty), default="")

    @cached_property
    def kinds(self) -> dict[str, float]:
        """Weight of each kind of function (機能の種類)."""
        found: defaultdict[str, float] = defaultdict(float)
        for function in self.functions:
            found[function.kind] += function.weight
        return dict(found)


@dataclass(frozen=True)
class Passage:
    """A part of a text that speaks of the system itself (対象の一文)."""

    field: str
    text: str
    folded: str
    weight: float
    duties: tuple[Found, ...]


def read_system(fields: Sequence[tuple[str, str]], naming: str = "") -> Reading:
    """Read a text (システムの読取り), given as (name of the field, its text), the title first.

    `naming` is a text that only tells what the system is called, and whether it is part of a
    package (自団体の導入状況).
    """
    passages = _passages(fields)
    duties = _duties(passages)
    whole = "".join([*(passage.folded for passage in passages), fold_in_place(naming)])
    return Reading(
        names=_names(fields, naming, duties),
        duties=duties,
        functions=tuple(_functions(passages, duties)),
        gist=_gist(passages),
        words=_words(passages),
        is_limited=any(_LIMITED.search(row.folded) for row in passages if row.weight >= 1),
        is_package=_PACKAGE.search(whole) is not None,
    )


def _passages(fields: Sequence[tuple[str, str]]) -> list[Passage]:
    found = []
    for position, (field, text) in enumerate(fields):
        weight = TITLE_WEIGHT if position == 0 else 1.0
        for match in _SENTENCE.finditer(text):
            for part in _clauses(match.group()):
                folded = fold_in_place(part)
                if _OUT_OF_SCOPE.search(folded) is None:
                    words = tuple(duty_words().find(folded))
                    found.append(Passage(field, part, folded, weight, words))
    return found


def _clauses(sentence: str) -> list[str]:
    parts, start = [], 0
    for match in _CLAUSE_END.finditer(sentence):
        parts.append(sentence[start : match.end()])
        start = match.end()
    return [*parts, sentence[start:]]


def _duties(passages: Sequence[Passage]) -> dict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for passage in passages:
        for word in passage.duties:
            is_linked = _LINK_AFTER.search(passage.folded[word.end :]) is not None
            found[word.meaning] += passage.weight * (
                LINKED_WEIGHT if is_linked else _share_of(word.meaning, passage)
            )
    return dict(found)


def _share_of(duty: str, passage: Passage) -> float:
    return BASIC_WEIGHT if duty in BASIC_DUTIES and passage.weight < TITLE_WEIGHT else 1.0


def _functions(passages: Sequence[Passage], duties: dict[str, float]) -> list[Function]:
    """Functions in the order of the text; the same words once."""
    main = max(duties, key=lambda duty: (duties[duty], duty), default="")
    seen: set[tuple[str, str]] = set()
    found = []
    for passage in passages:
        for word in function_words().find(passage.folded):
            quote = _quote(passage, word)
            # The title of a system is its name: it says nothing of what it does.
            if (word.meaning, quote) in seen or _is_name(quote):
                continue
            seen.add((word.meaning, quote))
            found.append(
                Function(
                    kind=word.meaning,
                    duty=_duty_of(passage, word, main),
                    quote=quote,
                    field=passage.field,
                    weight=passage.weight,
                )
            )
    return found[:MOST_FUNCTIONS]


def _duty_of(passage: Passage, word: Found, main: str) -> str:
    """Duty named in the same passage and nearest to the word, or the main one."""
    near = min(passage.duties, key=lambda duty: abs(duty.start - word.start), default=None)
    return near.meaning if near else main


def _quote(passage: Passage, word: Found) -> str:
    """Words around a function, as they stand in the text (引用): from the last stop on."""
    start = max(
        (match.end() for match in _QUOTE_START.finditer(passage.text, 0, word.start)), default=0
    )
    start = max(start, word.end - LONGEST_QUOTE)
    end = word.end
    following = _QUOTE_START.search(passage.text, end)
    limit = following.start() if following else len(passage.text)
    while end < min(limit, start + LONGEST_QUOTE) and _is_word_letter(passage.text[end]):
        end += 1
    return passage.text[start:end].strip()


def _is_word_letter(letter: str) -> bool:
    return "一" <= letter <= "龥" or "ァ" <= letter <= "ー"


def _is_name(quote: str) -> bool:
    return _NAME.fullmatch(quote) is not None


def _names(
    fields: Sequence[tuple[str, str]], naming: str, duties: dict[str, float]
) -> tuple[str, ...]:
    """Names the text calls this system by (呼称): in the title, in brackets, in `naming`.

    Names of systems for another duty, which are only linked, are left out.
    """
    main = max(duties, key=lambda duty: (duties[duty], duty), default="")
    said = [fields[0][1] if fields else "", naming]
    said += [words for _, text in fields[1:] for words in _IN_BRACKETS.findall(text)]
    found: dict[str, None] = {}
    for text in said:
        for match in _NAME.finditer(text):
            name = _NAME_PARTICLES.sub("", match.group())
            of = {word.meaning for word in duty_words().find(fold_in_place(name))}
            if not _NO_NAMES.match(name) and (not of or main in of):
                found.setdefault(name)
    return tuple(found)


def _telling(passages: Sequence[Passage]) -> list[Passage]:
    """Passages that name a function; all of them where none does."""
    return [row for row in passages if function_words().find(row.folded)] or list(passages)


def _gist(passages: Sequence[Passage]) -> str:
    """What names a function, without the names of systems (機能の要旨)."""
    return _NAME.sub("", "".join(row.text for row in _telling(passages)))[:LONGEST_GIST]


def _words(passages: Sequence[Passage]) -> dict[str, float]:
    """Pairs of letters of the gist with their weight; those of the title weigh more."""
    found: defaultdict[str, float] = defaultdict(float)
    for passage in _telling(passages):
        for pair in word_pairs(_NAME.sub("、", passage.folded)):
            found[pair] += passage.weight
    return dict(found)
