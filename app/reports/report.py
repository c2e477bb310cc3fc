"""A report as every form of it needs it (報告): table, total, checks, comparison."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.core.tabular import Table
from app.reports.counting import NOW, Counting
from app.rounds.models import Round


class Amount(NamedTuple):
    """A number with its word and unit (数量): 提案 232件."""

    label: str
    number: int
    unit: str = "件"


@dataclass(frozen=True, kw_only=True)
class SumCheck:
    """An identity a careful reader would try (検算): the parts make the whole.

    Parts and whole come from different queries, so that a case lost by one of them is seen.
    """

    parts: tuple[Amount, ...]
    whole: Amount

    @property
    def is_ok(self) -> bool:
        """Whether the parts make the whole (一致)."""
        return sum(part.number for part in self.parts) == self.whole.number

    @property
    def words(self) -> str:
        """The identity in one line: 分類済み 227 ＋ ペンディング 5 ＝ 提案 232件."""
        left = " ＋ ".join(f"{part.label} {part.number:,}" for part in self.parts)
        sign = "＝" if self.is_ok else "≠"
        return f"{left} {sign} {self.whole.label} {self.whole.number:,}{self.whole.unit}"

    @property
    def sentence(self) -> str:
        """The identity as a note under a table (注記)."""
        return f"検算（{'一致' if self.is_ok else '不一致'}）：{self.words}"


class ComparedFigure(NamedTuple):
    """One line of the meeting paper beside what is counted here (公表値と集計値)."""

    label: str
    published: int
    counted: int

    @property
    def is_equal(self) -> bool:
        """Whether the paper and the count say the same (一致)."""
        return self.published == self.counted


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The figures of the meeting paper against the counted ones (公表値との照合)."""

    figures: tuple[ComparedFigure, ...]

    @property
    def differing(self) -> tuple[ComparedFigure, ...]:
        """The lines that differ (不一致の行)."""
        return tuple(figure for figure in self.figures if not figure.is_equal)

    @property
    def is_equal(self) -> bool:
        """Whether every line agrees (すべて一致)."""
        return not self.differing

    @property
    def words(self) -> str:
        """The result in a few words: 12行すべて一致."""
        if len(self.figures) == 1:
            return "一致" if self.is_equal else "不一致"
        if self.is_equal:
            return f"{len(self.figures)}行すべて一致"
        return f"{len(self.figures)}行のうち{len(self.differing)}行が不一致"

    @property
    def sentence(self) -> str:
        """The result as a note under a table, with every line that differs (注記)."""
        lines = "、".join(
            f"{figure.label}（公表 {figure.published:,}、集計 {figure.counted:,}）"
            for figure in self.differing
        )
        return f"公表値との照合：{self.words}" + (f"：{lines}" if lines else "")


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report of one round at one moment (報告).

    `table` is what files and the terminal carry, under Japanese labels; `records` is the same for
    programs (JSON). `total` is the number of proposals the report is about. `content` is what
    its own page draws.
    """

    name: str
    title: str
    round: Round
    counted_at: datetime
    total: int
    table: Table
    records: Table
    checks: tuple[SumCheck, ...]
    comparison: Comparison | None
    content: object
    counting: Counting = NOW
    # Whether nothing is left out for this reader (利益相反).
    is_whole: bool = True
    # Makes them when a file asks: a page draws from its content, and they hold a row for each case.
    make_more_tables: Callable[[], tuple[Table, ...]] = tuple

    @property
    def more_tables(self) -> tuple[Table, ...]:
        """Further sheets of the workbook, where one table does not tell all (ほかのシート)."""
        return self.make_more_tables()

    @property
    def is_sound(self) -> bool:
        """Whether every identity holds (検算がすべて一致)."""
        return all(check.is_ok for check in self.checks)


def notes_of(checks: tuple[SumCheck, ...], comparison: Comparison | None) -> tuple[str, ...]:
    """Checks and comparison as notes under the table (注記)."""
    compared = () if comparison is None else (comparison.sentence,)
    return (*(check.sentence for check in checks), *compared)
