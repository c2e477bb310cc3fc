"""Which cases are near to a text (類似度)."""

import random
import time

import pytest

from app.core.text import search_key
from app.similar.ranking import Candidate, rank

TEXTS = {
    1: ("公共施設の予約と鍵の貸出システム", "夜間の体育館の鍵を窓口で貸し出している。"),
    2: ("タクシー助成券の電子化", "高齢者の外出を支える券を配っている。"),
    3: ("ごみ分別案内アプリの共通化", "分別の問い合わせが多い。"),
    4: ("サーバー室の入退室管理", "入退室を紙で記録している。"),
    5: ("介護認定審査会のオンライン化", "資料を郵送している。"),
}
CANDIDATES = [
    Candidate(id_, title, search_key(f"{title} {detail}")) for id_, (title, detail) in TEXTS.items()
]


def found(query: str) -> list[int]:
    return [hit.id for hit in rank(query, CANDIDATES, 5)]


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("公共施設の鍵を貸し出す業務の共通化", 1),
        ("ﾀｸｼｰ券の配布", 2),
        ("たくしーの利用助成", 2),
        ("ごみ収集の分別案内", 3),
        ("サーバ室に入る人の管理", 4),
        ("介護認定の審査会資料", 5),
    ],
)
def test_rank_finds_the_nearest_case(query: str, nearest: int) -> None:
    assert found(query)[:1] == [nearest]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "　",
        "鍵",
        "戸籍の附票",
        "声を伝える仕組みを作り分ける",
        "システムの共通化",
        "業務の標準化について",
        "%_\\",
        "\x00",
    ],
)
def test_rank_finds_nothing_where_nothing_is_near(query: str) -> None:
    assert found(query) == []


def test_rank_names_the_shared_words_as_they_were_typed() -> None:
    hits = rank("ＩＣタクシー券と助成", [CANDIDATES[1]], 5)

    assert hits[0].words == ["タクシー", "助成"]


def test_rank_names_words_whose_folding_drops_letters() -> None:
    hits = rank("サーバー室の更新", CANDIDATES, 5)

    assert hits[0].words == ["サーバー室"]


def test_rank_keeps_to_the_limit() -> None:
    many = [Candidate(number, "鍵の貸出", search_key("鍵の貸出 公民館")) for number in range(9)]

    assert [hit.id for hit in rank("公民館の鍵の貸出", many, 5)] == [0, 1, 2, 3, 4]


def test_rank_depends_on_nothing_but_the_candidates() -> None:
    hidden = Candidate(9, "公共施設の鍵", search_key("公共施設の鍵 公共施設の鍵"))
    before = rank("公共施設の鍵の業務", CANDIDATES, 5)

    rank("公共施設の鍵の業務", [*CANDIDATES, hidden], 5)

    assert rank("公共施設の鍵の業務", CANDIDATES, 5) == before


def test_rank_takes_a_text_of_any_length() -> None:
    assert found("公共施設の鍵の貸出。" * 500)[:1] == [1]


def test_rank_of_thousands_of_cases_is_quick(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(6)
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 600)] + list(
        "システムのをにデータ管理施設"
    )
    texts = ["".join(chance.choices(letters, k=400)) for _ in range(5232)]
    many = [Candidate(number, text[:40], text) for number, text in enumerate(texts)]
    query = "公共施設の予約と鍵の貸出、利用料の収納を管理するシステムのデータの共通化"

    started = time.perf_counter()
    rank(query, many, 5)
    seconds = time.perf_counter() - started

    with capsys.disabled():
        print(f"\n5,232 cases ranked in {seconds:.2f} s")  # noqa: T201 - the figure is asked for
    assert seconds < 1.0
