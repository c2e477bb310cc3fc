"""Numbers and codes as people type them (番号・コードの表記): folded, or repaired with proof."""

import re
import unicodedata

from app.core.codes import is_local_government_code
from app.rounds.models import Round

LONGEST_ID = 9  # digits; anything longer is no id of ours
CODE_LENGTH = 6
PRACTICE_MARK = "練習"
DITTO = "「〃」「同上」は読み取れません。前の行と同じ内容を書いてください"
_DITTO_MARKS = frozenset({"〃", "同上", "仝", '"', "”", "″"})
_AFTER_KEY = re.compile(r"[（(].*", re.DOTALL)


def folded(text: str) -> str:
    """The text without differences of width, case and blanks (表記のゆれを除いた文字)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_ditto(text: str) -> bool:
    """Whether the cell only points to the one above (〃、同上)."""
    return text.strip() in _DITTO_MARKS


def folded_number(text: str) -> str:
    """A receipt number as it is stored (受付番号): R6-0001, whatever the width of its letters."""
    return re.sub("[‐‑–—−ー]", "-", folded(text)).upper()


def draft_id_in(text: str) -> int | None:
    """The id in a cell of the column 下書きID; None when there is none."""
    number = folded(text)
    is_id = number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID
    return int(number) if is_id else None


def repaired_code(text: str) -> str:
    """A 団体コード with the leading zero a spreadsheet took away, if the check digit proves it."""
    code = folded(text)
    padded = code.zfill(CODE_LENGTH)
    return padded if len(code) == CODE_LENGTH - 1 and is_local_government_code(padded) else code


def round_words(round_: Round) -> str:
    """A round as it stands in the file (募集回の列): its key; a practice round says what it is."""
    return f"{round_.key}（{PRACTICE_MARK}）" if round_.is_practice else round_.key


def names_round(text: str, round_: Round) -> bool:
    """Whether the cell names this round, or none (募集回の照合)."""
    named = folded(_AFTER_KEY.sub("", text))
    return named in ("", folded(round_.key), folded(round_.label))
