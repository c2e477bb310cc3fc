"""How good the clusters are (まとまりの品質), and that the page tells the same."""

from app.clusters.grouping import group_systems, partition_of
from app.clusters.reading import read_system
from app.similar.encoder import encode
from bench.clusters import (
    BEGIN,
    END,
    PAGE,
    by_functions,
    by_threshold,
    labelled,
    likeness_of_names,
    likeness_of_texts,
    texts_of,
)

BAR = 0.9


def test_clusters_of_held_out_texts_meet_the_bar_and_beat_both_others() -> None:
    texts = labelled("held_out")

    found = by_functions(texts)

    assert found.f1 >= BAR
    assert found.f1 > by_threshold(texts, likeness_of_texts(texts), 0.55).f1
    assert found.f1 > by_threshold(texts, likeness_of_names(texts), 0.3).f1


def test_labelled_set_is_large_enough() -> None:
    groups = [group for split in ("tune", "held_out") for group in labelled(split).groups]

    assert (len(groups) >= 80, len(set(groups)) >= 25) == (True, True)


def test_page_tells_the_measured_figure() -> None:
    found = by_functions(labelled("held_out"))

    table = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]

    [line] = [row for row in table.splitlines() if "検証用" in row and "**" in row]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[3:] == [f"{figure:.2f}" for figure in found]


def test_equal_names_alone_join_nothing() -> None:
    texts = texts_of(
        [
            {"name": "健康管理システム", "text": "住民の予防接種の履歴を管理する。", "group": "a"},
            {"name": "健康管理システム", "text": "牛や豚の飼料の在庫を発注する。", "group": "b"},
        ]
    )
    readings = [read_system(fields) for fields in texts.fields]

    groups = group_systems(readings, encode([reading.gist for reading in readings]))

    assert partition_of(groups, 2) == [2, 3]
