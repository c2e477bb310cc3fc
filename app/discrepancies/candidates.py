"""The candidates as the meeting paper prints them (対象候補（案）), for rounds that have the list.

Only the printed list: candidates are no records of their own here. `candidate_words_<round>.csv`
is our reading beside it: by which words in a title a proposal belongs to a candidate. All words of
a line have to be there; several lines of one candidate are several ways to say it.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.text import search_key

DATA = Path(__file__).resolve().parent / "data"
# A line that is no candidate yet, but something still to be looked into.
UNNUMBERED = "＋"
# What a candidate came from that bodies proposed (由来).
PROPOSAL_ORIGIN = "提案募集"
PRINTED_DEADLINE = re.compile(r"(\d{1,2})/(\d{1,2})〆")
WORD_MARK = ";"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One line of the printed list (対象候補の行); `line` counts from 1, `seq` is ① or ＋."""

    line: int
    seq: str
    section: str
    system: str
    ministries: str
    origin: str
    mark: str
    source: str
    words: tuple[tuple[str, ...], ...] = ()

    @property
    def is_numbered(self) -> bool:
        """Whether it has a number of its own (①…)."""
        return self.seq != UNNUMBERED

    @property
    def is_provisional(self) -> bool:
        """Whether the paper marks it 【P】."""
        return self.mark == "P"

    def is_meant_by(self, title_key: str) -> bool:
        """Whether a title, folded as search keys are, is about this candidate (当たる提案)."""
        return any(all(search_key(word) in title_key for word in way) for way in self.words)

    @property
    def key(self) -> str:
        """Stable name in an address: 9 for ⑨, line-11 for a line without a number."""
        return f"{unicodedata.numeric(self.seq):.0f}" if self.is_numbered else f"line-{self.line}"

    @property
    def printed_deadline(self) -> tuple[int, int] | None:
        """Month and day of a deadline printed in the line (8/23〆), None without one."""
        found = PRINTED_DEADLINE.search(self.system)
        return (int(found[1]), int(found[2])) if found else None


def printed_candidates(round_key: str) -> tuple[Candidate, ...]:
    """Candidates of the round as printed (対象候補), none where no list is at hand."""
    return _all_printed().get(round_key, ())


@cache
def _all_printed() -> dict[str, tuple[Candidate, ...]]:
    """Every printed list by the key of its round: `candidates_r6.csv` is that of R6."""
    paths = DATA.glob("candidates_*.csv")
    return {path.stem.removeprefix("candidates_").upper(): _read(path) for path in paths}


def _read(path: Path) -> tuple[Candidate, ...]:
    words: dict[str, tuple[tuple[str, ...], ...]] = {}
    for seq, way in _ways(path.with_name(path.name.replace("candidates_", "candidate_words_"))):
        words[seq] = (*words.get(seq, ()), way)
    return tuple(
        Candidate(
            line=line,
            seq=row["seq"],
            section=row["section"],
            system=row["system"],
            ministries=row["ministries"],
            origin=row["origin"],
            mark=row["mark"],
            source=row["source"],
            words=words.get(row["seq"], ()),
        )
        for line, row in enumerate(_rows(path), start=1)
    )


def _ways(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in _rows(path):
        yield row["seq"], tuple(row["words"].split(WORD_MARK))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
