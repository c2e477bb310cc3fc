"""Registers as the meeting paper prints them (台帳の報告): 分権提案, 密接関連, 経由事務, 経由調査.

They are the same for every round and every reader: no case is counted in them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.core import clock
from app.core.eras import format_year
from app.core.tabular import Column, Table
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.registers.printing import PrintedGroup, PrintedRegister, printed
from app.registers.queries import rows_of, sum_of
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round

TEMPLATE = "reports/register.html"
# Between the parts of one cell for programs.
PART_MARK = ";"
Row = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class RegisterReport:
    """A report of one register (台帳の報告): columns for people, columns for programs."""

    name: str
    title: str
    description: str
    register: Register
    columns: tuple[Column, ...]
    keys: Mapping[str, str]
    row: Callable[[RegisterEntry], Row]

    def build(self, round_: Round, reader: User | None = None) -> Report:
        """Print the register as it stands now (台帳の報告)."""
        entries = [entry for entry in rows_of(self.register) if not entry.is_retired]
        laid_out = printed(self.register, entries)
        checks = (_identity(laid_out),)
        rows = [self.row(entry) for entry in laid_out.rows]
        title = f"{self.title}（{round_.label}）"
        return Report(
            name=self.name,
            title=self.title,
            round=round_,
            counted_at=clock.now(),
            total=laid_out.total,
            table=Table(title, self.columns, rows, self._total(laid_out), notes_of(checks, None)),
            records=self._records(title, rows, checks),
            checks=checks,
            comparison=None,
            content=laid_out,
        )

    def _total(self, laid_out: PrintedRegister) -> Row | None:
        summed = next((column.key for column in self.columns if column.kind == "integer"), None)
        if summed != "quantity":
            return None
        return {self.columns[0].key: "合計", summed: laid_out.total}

    def _records(self, title: str, rows: Sequence[Row], checks: tuple[SumCheck, ...]) -> Table:
        columns = [Column(key, key) for key in self.keys.values()]
        named = [{key: _plain(row[name]) for name, key in self.keys.items()} for row in rows]
        return Table(title, columns, named, notes=notes_of(checks, None))


def _plain(value: object) -> object:
    return value.replace("、", PART_MARK) if isinstance(value, _Parts) else value


class _Parts(str):
    """Several values in one cell (並び), joined by the mark of the reader."""

    __slots__ = ()


def _identity(laid_out: PrintedRegister) -> SumCheck:
    """The subtotals as printed make the whole as the database counts it (検算)."""
    whole = sum_of(laid_out.register)
    parts = tuple(
        Amount(
            _part_words(group, laid_out.register),
            len(group.rows) if group.subtotal is None else group.subtotal,
        )
        for group in laid_out.groups
    )
    return SumCheck(parts=parts, whole=Amount(laid_out.total_label, whole, laid_out.unit))


def _part_words(group: PrintedGroup, register: Register) -> str:
    return f"分類{group.code}" if group.code else group.label or REGISTER_LABELS[register]


def _bunken_row(entry: RegisterEntry) -> Row:
    numbers = entry.control_numbers
    return {
        "number": entry.number,
        "group_code": entry.group_code,
        "group_label": entry.group_label,
        "title": entry.title,
        "existing_system": entry.existing_system,
        "year": format_year(numbers[0].year) if numbers else "",
        "control_numbers": _Parts("、".join(str(row.number) for row in numbers)),
        "response_policy": entry.response_policy,
    }


def _closely_related_row(entry: RegisterEntry) -> Row:
    return {
        "number": entry.number,
        "field": entry.field,
        "title": entry.title,
        "linked_names": _Parts("、".join(link.printed_name for link in entry.links)),
        "linked_titles": _Parts("、".join(link.linked.title for link in entry.links)),
    }


def _keiyu_jimu_row(entry: RegisterEntry) -> Row:
    return {
        "group_code": entry.group_code,
        "group_label": entry.group_label,
        # A class without kinds is printed as its name alone.
        "title": "" if entry.title == entry.group_label else entry.title,
        "quantity": entry.quantity,
        "examples": entry.examples,
        "response_policy": entry.response_policy,
    }


def _keiyu_chosa_row(entry: RegisterEntry) -> Row:
    return {"title": entry.title, "quantity": entry.quantity, "examples": entry.examples}


REGISTER_REPORTS = (
    RegisterReport(
        name="bunken",
        title="分権提案（共通化関係）",
        description="分類ごとの分権提案と管理番号、対応方針",
        register=Register.BUNKEN,
        columns=(
            Column("number", "番号", kind="integer", width=8),
            Column("group_code", "分類", width=8),
            Column("group_label", "分類の名称", width=40),
            Column("title", "分権提案", width=60),
            Column("existing_system", "共通システム", width=30),
            Column("year", "年", width=10),
            Column("control_numbers", "管理番号", width=12),
            Column("response_policy", "対応方針", width=40),
        ),
        keys={
            "number": "seq",
            "group_code": "group",
            "group_label": "group_label",
            "title": "title",
            "existing_system": "existing_system",
            "year": "year",
            "control_numbers": "control_numbers",
            "response_policy": "response_policy",
        },
        row=_bunken_row,
    ),
    RegisterReport(
        name="closely-related",
        title="密接関連業務システム",
        description="20業務と密接に関連する業務（システム）と、20業務との連携先",
        register=Register.CLOSELY_RELATED,
        columns=(
            Column("number", "番号", kind="integer", width=8),
            Column("field", "システム業務区分", width=24),
            Column("title", "業務（システム）", width=40),
            Column("linked_names", "20業務との連携先", width=60),
        ),
        keys={
            "number": "seq",
            "field": "field",
            "title": "system",
            "linked_names": "linked_standard_services",
            "linked_titles": "linked_entries",
        },
        row=_closely_related_row,
    ),
    RegisterReport(
        name="keiyu-jimu",
        title="経由事務",
        description="分類と種類ごとの手続数、主な例、対応方針",
        register=Register.KEIYU_JIMU,
        columns=(
            Column("group_code", "分類", width=8),
            Column("group_label", "分類の名称", width=40),
            Column("title", "種類", width=24),
            Column("quantity", "手続数", kind="integer", width=10),
            Column("examples", "主な例", width=60),
            Column("response_policy", "対応方針", width=40),
        ),
        keys={
            "group_code": "class",
            "group_label": "class_label",
            "title": "kind",
            "quantity": "procedures",
            "examples": "examples",
            "response_policy": "response_policy",
        },
        row=_keiyu_jimu_row,
    ),
    RegisterReport(
        name="keiyu-chosa",
        title="経由調査",
        description="所管府省庁ごとの経由調査数と具体例",
        register=Register.KEIYU_CHOSA,
        columns=(
            Column("title", "所管府省庁", width=16),
            Column("quantity", "経由調査数", kind="integer", width=12),
            Column("examples", "具体例", width=80),
        ),
        keys={"title": "ministry", "quantity": "surveys", "examples": "examples"},
        row=_keiyu_chosa_row,
    ),
)
