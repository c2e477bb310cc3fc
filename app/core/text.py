"""Text (文字列): cleaned once on its way in, counted as a person counts, folded for search.

What the officer typed is never made narrower or wider (NFKC); that is for search keys only.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import count

ZERO_WIDTH_JOINER = "\u200d"

# Marks that turn the direction of writing and can make one name look like another (P44).
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Invisible remains of other programs: soft hyphen, zero-width space, word joiner, byte order mark.
_INVISIBLE = "\xad\u200b\u2060\ufeff"
# Controls; halves of surrogate pairs, which no file or database can hold; codes that Unicode
# keeps from meaning anything. Line breaks are made "\n" and tabs blanks before.
_NOT_TEXT = "\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_REMOVED = re.compile(f"[{_NOT_TEXT}{_BIDI}{_INVISIBLE}]")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_HALF_WIDTH_VOICED_MARKS = "\uff9e\uff9f"
# Letters that are each a character of their own, whatever stands beside them: almost all texts
# have no others, and need no look at each letter.
_EACH_BY_ITSELF = re.compile("[\n -~　-〃〈-】ぁ-ゖァ-ー一-鿿！-～]*")

_TO_HIRAGANA: dict[int, int | str] = {
    **{code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)},
    ord("ヽ"): "ゝ",
    ord("ヾ"): "ゞ",
}


# Most texts fold letter for letter: where each comes from needs no search then.
_LETTER_FOR_LETTER = {
    **_TO_HIRAGANA,
    **{code + 0xFEE0: chr(code).lower() for code in range(ord("!"), ord("~") + 1)},
    **{code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)},
    ord("\n"): " ",
    ord("\u3000"): " ",
}

# Long vowels at the end of a word. Kana of both kinds are looked at, so that folding twice (all is
# hiragana then) finds nothing more: only a katakana word shows where it ends before hiragana.
_KANA = "ぁ-ゖァ-ヶゝゞヽヾー"
_FINAL_LONG_VOWEL = re.compile(
    f"(?<=[{_KANA}]{{2}})ー+(?![{_KANA}])|(?<=[{_KANA}][ァ-ヶヽヾ])ー+(?=[ぁ-ゖゝゞ])"
)


def normalize_input(text: str) -> str:
    """Clean a text on its way in (入力の正規化).

    NFC; line breaks are "\\n", tabs blanks; control, bidi and invisible characters are removed,
    outer blanks trimmed. Letters stay as typed: IVS (葛󠄀) and the joiner inside an emoji are kept,
    ㈱ and ① are not taken apart.
    """
    return unicodedata.normalize("NFC", _without_controls(text)).strip()


def count_characters(text: str) -> int:
    """Number of characters as a person counts (文字数); line breaks and invisible ones are none.

    A letter with its IVS, dakuten or accents is one, and so are 𠮷, a flag and a joined emoji
    (approximately the grapheme clusters of UAX #29).
    """
    if _EACH_BY_ITSELF.fullmatch(text):
        return len(text) - text.count("\n")
    count = 0
    base = previous = ""
    for letter in unicodedata.normalize("NFC", text):
        if _is_unseen(letter):
            # A joiner binds the next pictograph to the one before; a line break begins anew.
            base = base if unicodedata.category(letter) == "Cf" else ""
        elif not _continues(letter, base, previous):
            count += 1
            base = letter
        elif _is_regional(letter):
            base = ""  # a flag is two letters; the third one starts the next flag
        previous = letter
    return count


def search_key(text: str) -> str:
    """The text folded for comparison (検索キー): what looks or sounds the same becomes equal.

    NFKC (full and half width, ㈱, Kangxi radicals ⽥), case, katakana to hiragana, IVS dropped,
    each run of blanks one blank. The long vowel mark ー goes at the end of a word of two letters
    or more (サーバー is サーバ, コンピューター室 is コンピュータ室; JIS Z 8301), and stays inside
    a word and in キー: コーヒー is コーヒ, never コヒ. Folding twice changes nothing. The column
    `search_key` holds such keys: who changes the rule folds them anew in a migration.
    """
    if _EACH_BY_ITSELF.fullmatch(text):  # nothing to remove, nothing that changes its neighbours
        key = unicodedata.normalize("NFKC", text).casefold()
        if "ー" in key:
            key = _FINAL_LONG_VOWEL.sub("", key)
        return " ".join(key.translate(_TO_HIRAGANA).split())
    return _folded_with_care(text)


def _folded_with_care(text: str) -> str:
    key = _VARIATION_SELECTOR.sub("", _without_controls(text))
    # casefold may take letters and their marks apart again
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
    key = _FINAL_LONG_VOWEL.sub("", key).translate(_TO_HIRAGANA)
    return " ".join(unicodedata.normalize("NFKC", key).split())


def folded_with_origins(text: str) -> tuple[str, list[int]] | None:
    """`search_key` of a text, and for each of its letters where it comes from (原文の位置).

    None for the rare text whose letters fold otherwise together than one by one.
    """
    whole = search_key(text)
    if whole == text.translate(_LETTER_FOR_LETTER):
        return whole, list(range(len(text)))
    letters = list(_folded_letters(text))
    joined = "".join(letter for letter, _origin in letters)
    dropped = {at for found in _FINAL_LONG_VOWEL.finditer(joined) for at in range(*found.span())}
    kept = [pair for at, pair in enumerate(letters) if at not in dropped]
    kept = _with_single_blanks([(letter.translate(_TO_HIRAGANA), at) for letter, at in kept])
    key = "".join(letter for letter, _origin in kept)
    return (key, [origin for _letter, origin in kept]) if key == whole else None


def _folded_letters(text: str) -> Iterator[tuple[str, int]]:
    """Each letter folded without a look at its neighbours, and where it comes from."""
    if _EACH_BY_ITSELF.fullmatch(text):
        yield from zip(unicodedata.normalize("NFKC", text).casefold(), count(), strict=False)
        return
    for start, end in _letter_spans(text):
        yield from ((letter, start) for letter in _folded_letter(text[start:end]))


@lru_cache(maxsize=10_000)  # a text has the same few thousand letters over and over
def _folded_letter(letter: str) -> str:
    """One letter with its marks, folded without a look at its neighbours."""
    cleaned = _VARIATION_SELECTOR.sub("", _without_controls(letter))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cleaned).casefold())


def _letter_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each letter with its marks begins and ends."""
    start = 0
    for end in range(1, len(text) + 1):
        is_mark = end < len(text) and (
            text[end] in _HALF_WIDTH_VOICED_MARKS or unicodedata.category(text[end])[0] == "M"
        )
        if not is_mark:
            yield start, end
            start = end


def _with_single_blanks(letters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    kept: list[tuple[str, int]] = []
    for letter, origin in letters:
        if not letter.isspace():
            kept.append((letter, origin))
        elif kept and kept[-1][0] != " ":
            kept.append((" ", origin))
    return kept[:-1] if kept and kept[-1][0] == " " else kept


def like_pattern(term: str) -> str:
    """Pattern for LIKE … ESCAPE '\\' that finds `term` anywhere, literally (部分一致).

    Fold the term with `search_key` before, as the column was: folding makes ％ a %.
    """
    literal = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def is_blank(text: str | None) -> bool:
    """Whether there is nothing to see (空欄): no text, or blanks and invisible characters only."""
    return not text or all(letter.isspace() or _is_unseen(letter) for letter in text)


def _without_controls(text: str) -> str:
    return _REMOVED.sub("", _LINE_BREAK.sub("\n", text).replace("\t", " "))


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _continues(letter: str, base: str, previous: str) -> bool:
    """Whether the letter belongs to the character that `base` began."""
    if not base:
        return False
    if unicodedata.category(letter) in {"Mn", "Me", "Mc"} or letter in _HALF_WIDTH_VOICED_MARKS:
        return True
    if _is_pictograph(base):
        return previous == ZERO_WIDTH_JOINER or "\U0001f3fb" <= letter <= "\U0001f3ff"
    return _is_regional(letter) and _is_regional(base)


def _is_regional(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_pictograph(letter: str) -> bool:
    return unicodedata.category(letter) in {"So", "Sm"} and not _is_regional(letter)
