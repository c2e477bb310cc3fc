"""The gate (受入検査): the hostile set one by one, without the web (P31)."""

import tracemalloc
from io import BytesIO

import pytest

from app.core.errors import InvalidInput
from app.files.gate import ACCEPT, check_content
from tests.files.documents import csv_table, pdf, xlsx
from tests.files.hostile import BOMBS, GOOD, REFUSED, WITH_VIRUS, Hostile

LARGEST_GROWTH = 80 << 20  # bytes


def verdict_of(hostile: Hostile) -> str:
    """Return the words of the refusal, empty when the file is accepted."""
    content = hostile.build()
    try:
        check_content(hostile.name, BytesIO(content), len(content))
    except InvalidInput as error:
        return "。".join(error.errors["file"])
    return ""


def test_p31_there_are_more_than_sixty_kinds() -> None:
    ids = [hostile.id for hostile in (*GOOD, *REFUSED, *WITH_VIRUS)]

    assert len(ids) == len(set(ids))
    assert len(REFUSED) > 60


@pytest.mark.parametrize("hostile", [*GOOD, *WITH_VIRUS], ids=lambda row: row.id)
def test_p31_good_file_passes(hostile: Hostile) -> None:
    assert verdict_of(hostile) == ""


@pytest.mark.parametrize(
    "hostile", [row for row in REFUSED if row not in BOMBS], ids=lambda row: row.id
)
def test_p31_hostile_file_is_refused_in_words(hostile: Hostile) -> None:
    said = verdict_of(hostile)

    assert hostile.reason in said
    assert said != ""


@pytest.mark.parametrize("hostile", BOMBS, ids=lambda row: row.id)
def test_p31_bomb_is_refused_in_words_and_memory_does_not_grow_with_it(hostile: Hostile) -> None:
    content = BytesIO(hostile.build())
    tracemalloc.start()

    with pytest.raises(InvalidInput) as refused:
        check_content(hostile.name, content, content.getbuffer().nbytes)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = "。".join(refused.value.errors["file"])
    assert hostile.reason in said
    assert said != ""
    assert peak < LARGEST_GROWTH


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", pdf(), "application/pdf"),
        ("a.csv", csv_table(), "text/csv"),
        ("a.xlsx", xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_gate_names_the_type_and_rewinds(name: str, content: bytes, media_type: str) -> None:
    stream = BytesIO(content)

    found = check_content(name, stream, len(content))

    assert found == media_type
    assert stream.read() == content


def test_size_of_nothing_is_empty_whatever_the_stream_holds() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_content("a.pdf", BytesIO(pdf()), 0)

    assert refused.value.errors == {"file": ["ファイルが空です。内容を確かめて選び直してください"]}


def test_chooser_of_the_browser_offers_what_the_gate_takes() -> None:
    extensions = {row.name.rpartition(".")[2].lower() for row in GOOD}

    assert {f".{extension}" for extension in extensions} == set(ACCEPT.split(","))
