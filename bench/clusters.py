"""How good the clusters by function are, and how long a round takes (機能のまとまり).

The texts are in tests/clusters/labelled.jsonl: some (tune) set the weights of
`app.clusters.likeness`, others (held_out) were only measured; `demo` names proposals of the demo,
which are clustered among all of them, and compared where they carry a label.

`python -m bench.clusters FILE` measures other texts, a line each: {"name", "text", "group"}.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.clusters.background import run_clusters
from app.clusters.grouping import agglomerate, group_systems, partition_of
from app.clusters.likeness import Matrix
from app.clusters.reading import read_system
from app.clusters.services.runs import ask_nightly_runs, rounds_to_run
from app.clusters.word_pairs import word_pairs
from app.core.unit_of_work import unit_of_work
from app.demo.texts import read_pending, read_texts
from app.similar.encoder import encode
from bench.scratch import fill, scratch_app
from bench.settings import Settings, say

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "tests" / "clusters" / "labelled.jsonl"
PAGE = ROOT / "docs" / "clusters.md"
# The measured figures stand between these lines of the page, and are written there by `run`.
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
SPLITS = {"tune": "文集（調整用）", "held_out": "文集（検証用）", "demo": "デモの提案"}
THRESHOLDS = np.arange(0.05, 0.96, 0.05)
ROUND_CASES = 2000


class Texts(NamedTuple):
    """Texts to cluster (文集): what they are called, their fields, their groups ('' for none)."""

    names: list[str]
    fields: list[list[tuple[str, str]]]
    groups: list[str]


class Quality(NamedTuple):
    """Share of right pairs among those joined, of joined ones among the right, both (F1)."""

    precision: float
    recall: float
    f1: float


def labelled(split: str) -> Texts:
    """Labelled texts of a split (文集)."""
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    chosen = [row for row in rows if row["split"] == split]
    return demo_texts(chosen) if split == "demo" else texts_of(chosen)


def texts_of(rows: Sequence[dict[str, Any]]) -> Texts:
    """Texts that carry their own words."""
    return Texts(
        [row["name"] for row in rows],
        [[("name", row["name"]), ("text", row["text"])] for row in rows],
        [row["group"] for row in rows],
    )


def demo_texts(rows: Sequence[dict[str, Any]]) -> Texts:
    """All proposals of the demo; those without a label have no group."""
    group_of = {row["demo"]: row["group"] for row in rows}
    samples = [*read_texts(), *read_pending()]
    read = ("title", "requested_measure", "detail")
    return Texts(
        [sample.title for sample in samples],
        [[(name, sample.fields[name]) for name in read] for sample in samples],
        [group_of.get(sample.title, "") for sample in samples],
    )


def quality_of(groups: Sequence[str], numbers: Sequence[int]) -> Quality:
    """Pairwise precision, recall and F1 among the texts that carry a label."""
    places = [place for place, group in enumerate(groups) if group]
    pairs = [(one, other) for one in places for other in places if one < other]
    right = {pair for pair in pairs if groups[pair[0]] == groups[pair[1]]}
    joined = {pair for pair in pairs if numbers[pair[0]] == numbers[pair[1]]}
    hits = len(right & joined)
    precision, recall = hits / max(1, len(joined)), hits / max(1, len(right))
    return Quality(precision, recall, 2 * precision * recall / max(1e-9, precision + recall))


def by_functions(texts: Texts, *, knows_duties: bool = True) -> Quality:
    """Quality of the clusters as the product makes them, or without its list of duties."""
    readings = [read_system(fields) for fields in texts.fields]
    vectors = encode([reading.gist for reading in readings])
    groups = group_systems(readings, vectors, knows_duties=knows_duties)
    return quality_of(texts.groups, partition_of(groups, len(readings)))


def likeness_of_names(texts: Texts) -> Matrix:
    """First thing to compare with: pairs of letters of the names alone (呼称の2文字)."""
    held = [set(word_pairs(name)) for name in texts.names]
    return np.array([[len(a & b) / max(1, len(a | b)) for b in held] for a in held], np.float32)


def likeness_of_texts(texts: Texts) -> Matrix:
    """Second thing to compare with: the encoder on the whole text (全文の意味)."""
    vectors = encode(["".join(words for _, words in fields) for fields in texts.fields])
    return np.asarray(vectors @ vectors.T, np.float32)


def by_threshold(texts: Texts, likeness: Matrix, threshold: float) -> Quality:
    """Quality of average linkage over a likeness, joined from a threshold on."""
    score = likeness - np.float32(threshold)
    np.fill_diagonal(score, -1)
    numbers = [0] * len(texts.names)
    for number, group in enumerate(agglomerate(score)):
        for place in group:
            numbers[place] = number
    return quality_of(texts.groups, numbers)


def lines() -> list[str]:
    """The table of the page (測った値)."""
    tune = labelled("tune")
    rows = [
        "| 文章 | 件数 | 方法 | 適合率 | 再現率 | F1 |",
        "|---|---|---|---|---|---|",
    ]
    compared = {"呼称の2文字": likeness_of_names, "全文の意味（文ベクトル）": likeness_of_texts}
    chosen = {
        name: max(THRESHOLDS, key=lambda at: by_threshold(tune, of(tune), at).f1)
        for name, of in compared.items()
    }
    for split, label in SPLITS.items():
        texts = labelled(split)
        count = sum(bool(group) for group in texts.groups)
        found = {
            "**機能（製品）**": by_functions(texts),
            "機能（業務の語の表を使わない）": by_functions(texts, knows_duties=False),
            **{name: by_threshold(texts, of(texts), chosen[name]) for name, of in compared.items()},
        }
        rows += [
            f"| {label} | {count} | {name} | {at.precision:.2f} | {at.recall:.2f} | {at.f1:.2f} |"
            for name, at in found.items()
        ]
    return rows


def write(page: Path, rows: Sequence[str]) -> None:
    """Put the table between its two lines of the page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    table = "\n".join(rows)
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def seconds_of_round(settings: Settings, cases: int) -> float:
    """Time of a first run over a round (まとめ直しの所要時間): reading, grouping, saving."""
    with scratch_app(settings):
        fill(cases)
        with unit_of_work():
            ask_nightly_runs(rounds_to_run())
        started = time.perf_counter()
        run_clusters()()
        return time.perf_counter() - started


def run(settings: Settings) -> None:
    """Measure both; write the quality into docs/clusters.md."""
    rows = lines()
    write(PAGE, rows)
    for row in rows:
        say(row)
    seconds = seconds_of_round(settings, ROUND_CASES)
    say(f"{ROUND_CASES:,} cases read, grouped and saved: {seconds:.1f} s")


def main() -> None:
    """Measure the texts of a file (ほかの文集の計測)."""
    path = Path(sys.argv[1])
    texts = texts_of([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    print(by_functions(texts))


if __name__ == "__main__":
    main()
