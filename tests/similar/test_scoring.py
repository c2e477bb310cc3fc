"""How near texts are (近さ), from nothing but the texts asked about (K4)."""

import numpy as np
import pytest

from app.similar.compared import Text, forms_of
from app.similar.letters import pairs_of, parts_of
from app.similar.scoring import best, likenesses, scores
from app.similar.store import TextStore

TEXTS = [
    Text("公共施設の予約と鍵の貸出", "夜間の体育館の鍵を窓口で貸し出している。"),
    Text("タクシー助成券の電子化", "高齢者の外出を支える券を配っている。"),
    Text("ごみ分別案内アプリの共通化", "分別の問い合わせが多い。"),
    Text("介護認定審査会のオンライン化", "資料を郵送している。"),
]
HIDDEN = [Text("体育館の鍵", "体育館の鍵、体育館の鍵。"), Text("鍵の台帳", "鍵")]
ASKED = Text("体育館の貸出と介護認定の資料")
FORMS = forms_of([*TEXTS, *HIDDEN, ASKED])


def asked_among(order: list[int], visible: list[int]) -> list[float]:
    """Scores of the visible texts in a store that was filled in some order."""
    store = TextStore()
    for place in order:
        store.add([FORMS[place]])
    kept = store.kept()
    slots = kept.slots_of(np.array([FORMS[place].fingerprint for place in visible]))
    found = scores(kept, slots, FORMS[-1], pairs_of(parts_of(ASKED.whole())))
    return [round(float(value), 5) for value in found.total]


def test_k04_hidden_texts_change_no_score() -> None:
    alone = asked_among([0, 1, 2, 3], [0, 1, 2, 3])

    beside_hidden = asked_among([4, 0, 5, 1, 2, 3], [0, 1, 2, 3])

    assert beside_hidden == alone
    assert sorted(alone, reverse=True)[:2] == sorted([alone[0], alone[3]], reverse=True)


def test_best_are_the_highest_the_older_case_first() -> None:
    total = np.array([0.5, 0.9, 0.9, 0.2], dtype=np.float32)

    assert best(total, np.array([4, 7, 3, 1]), 5) == [2, 1, 0]


def test_text_kept_twice_stands_once_and_forgotten_ones_come_back() -> None:
    store = TextStore()
    store.add(FORMS[:2])

    kept = store.add(FORMS[1:3])

    assert len(kept.order) == 3
    names = np.array([form.fingerprint for form in FORMS[:4]])
    assert (kept.slots_of(names) >= 0).tolist() == [True, True, True, False]


def test_likeness_of_two_texts_is_the_same_both_ways() -> None:
    kept = TextStore().add(FORMS)

    there, back = (likenesses(kept, one, np.array([other]))[0] for one, other in ((0, 4), (4, 0)))
    assert there == pytest.approx(back)
    assert likenesses(kept, 0, np.array([0, 1])).tolist() == [pytest.approx(2, abs=0.01), 0]
