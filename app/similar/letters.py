"""Pairs of letters of a text (2文字の組), without the words that stand in every proposal."""

import re
import unicodedata
import zlib

from app.core.text import search_key

# Words that stand in the title of nearly every proposal and make nothing similar; folded.
EVERYWHERE = re.compile(
    "しすてむ|ぷらっとふぉーむ|さーびす|でじたる|おんらいん|自治体|地方公共団体|標準化|共通化|共同化|"
    "共通|共同|業務|事務|仕組|電子化|一元化|構築|導入|整備|提供|活用|実施|推進|対応|及び"
)
# Grammar between the words, in hiragana as it is written: one or two letters (の, ける), or one of
# these. ごみ is a word.
GRAMMAR = re.compile(
    "(?<![ぁ-ん])(?:(?!ごみ)[ぁ-ん]{1,2}|すべき|できる|される|"
    r"における|について|および|ならびに|または|ための|による|により|している|したい|してほしい)(?![ぁ-ん])|[\W_]"
)
# Inside longer runs of hiragana: verbs and particles that every text has (している, すること).
FUNCTION_WORDS = re.compile(
    "そのため|このため|ところ|ことから|することが?|することで|ものである|である|であり|について|ついては|"
    "している|しており|されて|いるが|おり|ている|ており|いる|ある|ない|なる|なって|なっ|された|される|"
    "させる|できる|でき|できない|ことが|ことを|こと|もの|ため|ように|ような|よう|など|また|その|この|"
    "それ|これ|から|まで|より|ごと|ほか|だけ|たい|ほしい|いただき|べき|による|により|しており|して|した|する|"
    "ければ|られる|られ|たり|ながら|ので|のに|には|では|とは|への|との|での|からの|までの"
)
SHORTEST_HIRAGANA = 3  # of what is left between them: ひきこもり, ふるさと; ごみ is a word
HIRAGANA = re.compile("[ぁ-ん]+")
# A pair becomes a number below 2 to this power; two pairs in a million share one by chance.
PAIR_BITS = 20


def parts_of(text: str) -> list[str]:
    """Words of a text, folded, without grammar and what stands in every title."""
    words = GRAMMAR.split(HIRAGANA.sub(_without_function_words, _normalized(text)))
    return [part for word in words for part in EVERYWHERE.split(search_key(word)) if len(part) > 1]


def _normalized(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _without_function_words(run: re.Match[str]) -> str:
    if run[0] == "ごみ":
        return run[0]
    pieces = FUNCTION_WORDS.sub(" ", run[0]).split()
    kept = (piece for piece in pieces if len(piece) >= SHORTEST_HIRAGANA or piece == "ごみ")
    return f" {' '.join(kept)} "


def pairs_of(parts: list[str]) -> list[str]:
    """Different pairs of neighbouring letters inside the words, in their order."""
    return list(dict.fromkeys(part[i : i + 2] for part in parts for i in range(len(part) - 1)))


def number_of(pair: str) -> int:
    """Number that stands for a pair in the index; the same in every process."""
    return zlib.crc32(pair.encode()) >> (32 - PAIR_BITS)
