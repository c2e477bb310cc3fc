"""How good and how fast the suggestions are (分類の候補の品質と速さ), on texts whose row is known.

The demo's texts carry the rows their reviewers cited. tests/suggestions/labelled.jsonl holds other
texts: half of them (tune) set the figures of `app.suggestions.ranking`, the other half (held_out)
was only measured. With no row to cite, saying nothing is right.
"""

import json
import re
import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from app.demo.texts import read_texts
from app.registers.load import read_entries
from app.registers.models import Register, RegisterEntry
from app.suggestions.ranking import Found, rank
from app.suggestions.row_names import CATEGORY_OF, RowNames, row_names
from app.suggestions.texts import FIELDS, CaseText
from bench.settings import Settings, milliseconds, say

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "tests" / "suggestions" / "labelled.jsonl"
PAGE = ROOT / "docs" / "suggestions.md"
# The measured figures stand between these lines of the page, and are written there by `run`.
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
SPLITS = {"tune": "文集（調整用）", "held_out": "文集（検証用）", "demo": "デモの提案"}
# A–D and F-1 need a row of a register; of E nothing is asked here.
NEEDS_ROW = ("types", "bunken", "core20", "keiyu", "f1")


class LabelledCase(NamedTuple):
    """A text with the rows that are right for its category; `rows` is empty where none is."""

    split: str
    category: str
    text: CaseText
    rows: frozenset[tuple[Register, int]]


class Quality(NamedTuple):
    """Shares of the texts: right row first, among the first three, rightly nothing said."""

    texts: int
    first: float
    first_three: float
    texts_without: int
    quiet: float


def known_rows() -> list[RowNames]:
    """Rows of the registers as they are printed, with their aliases (台帳)."""
    contents = read_entries()
    entries = [
        RegisterEntry(
            id=index,
            register=content.register,
            number=content.number,
            title=content.title,
            ministry_name=content.ministry_name,
            detail=content.detail,
            examples=content.examples,
        )
        for index, content in enumerate(contents)
    ]
    names = {
        index: [content.title, *(alias.text for alias in content.aliases)]
        for index, content in enumerate(contents)
    }
    numbers = {index: frozenset(content.control_numbers) for index, content in enumerate(contents)}
    return row_names(entries, names, numbers)


def labelled_cases() -> list[LabelledCase]:
    """Texts of the labelled set (文集)."""
    lines = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    return [
        LabelledCase(
            split=line["split"],
            category=line["category"],
            text=CaseText(
                {name: line[name] for name in FIELDS},
                line["ministry"],
                line["bunken_control_number"],
            ),
            rows=frozenset((Register(row["register"]), row["number"]) for row in line["rows"]),
        )
        for line in lines
    ]


def demo_cases() -> list[LabelledCase]:
    """Texts of the demo with the rows their reviewers cited for the category (デモ)."""
    numbers = {(entry.register, entry.title): entry.number for entry in read_entries()}
    return [
        LabelledCase(
            split="demo",
            category=text.category,
            text=CaseText(
                {name: text.fields[name] for name in FIELDS},
                text.ministry,
                text.fields["bunken_control_number"],
            ),
            rows=frozenset(
                (register, numbers[register, title])
                for register, title in text.evidence
                if CATEGORY_OF[register] == text.category
            ),
        )
        for text in read_texts()
    ]


def quality(cases: Sequence[LabelledCase], rows: Sequence[RowNames]) -> Quality:
    """Measure the suggestions on some texts (品質)."""
    sought = [case for case in cases if case.category in NEEDS_ROW]
    without = [case for case in cases if re.fullmatch("f[2-6]", case.category)]
    found = [_keys(rank(case.text, rows)) for case in sought]
    first = sum(not case.rows.isdisjoint(k[:1]) for case, k in zip(sought, found, strict=True))
    three = sum(not case.rows.isdisjoint(k[:3]) for case, k in zip(sought, found, strict=True))
    quiet = sum(not rank(case.text, rows) for case in without)
    return Quality(
        texts=len(sought),
        first=first / len(sought),
        first_three=three / len(sought),
        texts_without=len(without),
        quiet=quiet / max(1, len(without)),
    )


def _keys(found: Sequence[Found]) -> list[tuple[Register, int]]:
    return [(item.row.register, item.row.number) for item in found]


def run(_settings: Settings) -> None:
    """Print the figures, and write them into docs/suggestions.md."""
    rows, cases = known_rows(), [*labelled_cases(), *demo_cases()]
    rank(cases[0].text, rows)  # the names are encoded once in a process
    times = [milliseconds(partial(rank, case.text, rows)) for case in cases[-60:]]
    lines = [
        "| 文章 | A–D・F-1の件数 | 1番目が正しい | 3番目までに正しい | F-2–F-6の件数 | 候補なし |",
        "|---|---|---|---|---|---|",
    ]
    for split, label in SPLITS.items():
        found = quality([case for case in cases if case.split == split], rows)
        lines.append(
            f"| {label} | {found.texts} | {found.first:.0%} | {found.first_three:.0%} "
            f"| {found.texts_without} | {found.quiet:.0%} |"
        )
    say("\n".join(lines))
    before, after = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = after.split(END)[1]
    block = "\n".join([BEGIN, *lines, END])
    PAGE.write_text(f"{before}{block}{after}", encoding="utf-8")
    say(f"one case: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms")


if __name__ == "__main__":
    run(Settings(database="sqlite", cases=0))
