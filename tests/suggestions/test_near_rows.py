"""Register rows near to a text (近い行)."""

import pytest

from app.core.text import search_key
from app.suggestions.near_rows import nearest, shared_words


@pytest.mark.parametrize(
    ("title", "text", "words"),
    [
        ("戸籍", "戸籍の附票を郵送している。", "戸籍"),
        ("公営住宅管理システム", "公営住宅の家賃を計算する。", "公営住宅"),
        ("ＮＨＫ放送受信料免除の証明", "NHK放送受信料を調べる。", "ＮＨＫ放送受信料"),
        ("共通システムの整備に関する業務", "業務の共通システムを整備する。", ""),
        ("なければならないもの", "台帳がなければならない。", ""),
        ("介護", "障害の認定をする。", ""),
    ],
)
def test_shared_words_are_those_of_the_field(title: str, text: str, words: str) -> None:
    assert shared_words(title, search_key(text)) == words


def test_nearest_puts_the_longest_match_first() -> None:
    rows = [(1, "児童手当"), (2, "児童扶養手当"), (3, "戸籍"), (4, "介護保険")]
    text = search_key("児童手当と児童扶養手当と戸籍を扱う。")

    assert nearest(rows, text) == [(2, "児童扶養手当"), (1, "児童手当")]
