"""Words in braces that a text leaves to be filled in (差込み): found, judged, filled."""

import re
from collections.abc import Callable, Iterator, Mapping

_MARK = re.compile(r"\{([^{}\n]*)\}")
_LONE = re.compile(r"[{}]")
# A wide brace is what an input method makes of a brace: it would stay in the text as typed.
_WIDE = re.compile("[｛｝]")

# Says what is wrong with a word at a place, "" when nothing is.
Judge = Callable[[str, str], str]


def placeholder_problems(text: str, judge: Judge, *, where: str) -> list[str]:
    """What would stay unresolved in a text, each with its name and line (差込みの誤り).

    `judge` is given the word and the place, e.g. 本文の2行目.
    """
    return [
        words
        for line, row in enumerate(text.split("\n"), start=1)
        for words in _problems_of_line(row, judge, f"{where}の{line}行目")
    ]


def _problems_of_line(row: str, judge: Judge, place: str) -> Iterator[str]:
    yield from filter(None, (judge(name, place) for name in _MARK.findall(row)))
    if _LONE.search(_MARK.sub("", row)):
        yield f"{place}に、対になっていない「{{」か「}}」があります"
    if _WIDE.search(row):
        yield f"{place}に、全角の「｛」か「｝」があります。半角で書いてください"


def placeholders_in(text: str) -> list[str]:
    """Words in braces of a text, each once, in their order (使われている差込み)."""
    return list(dict.fromkeys(_MARK.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in, once: what a value holds is never filled in again (差込み).

    Raises LookupError for a word without a value: nothing half-written leaves.
    """
    return _MARK.sub(lambda found: values[found.group(1)], text)
