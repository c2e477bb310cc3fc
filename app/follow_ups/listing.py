"""The follow-up of a round as a page and a file (後続対応の一覧)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from app.accounts.models import User
from app.core.tabular import Column, Table
from app.follow_ups.models import OUTCOME_STATUS_LABELS, OtherProcessOutcome
from app.follow_ups.queries import followed_cases, latest_outcomes, process_rows
from app.follow_ups.steps import PROGRESS_LABELS, CaseSteps, Progress, Step, row_words, steps_of
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.rounds.models import Category, Round
from app.workflow.labels import FOLLOW_UP_LABELS
from app.workflow.states import FollowUp

LONG_WIDTH = 48


@dataclass(frozen=True, kw_only=True)
class ClassLine:
    """One class with how far its cases are (分類ごとの進み)."""

    category: Category
    follows: str
    counts: Mapping[Progress, int]

    @property
    def total(self) -> int:
        """All its cases (件数)."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class FollowUpList:
    """The follow-up of a round as one person sees it (後続対応)."""

    lines: list[CaseSteps]
    classes: list[ClassLine]

    def count(self, progress: Progress) -> int:
        """Number of cases that are so far (件数)."""
        return sum(line.counts[progress] for line in self.classes)

    def filtered(self, category_key: str, progress: Progress | None) -> list[CaseSteps]:
        """Lines of a class ("" for all) that are so far, None for all (絞り込み)."""
        return [
            line
            for line in self.lines
            if category_key in ("", _category(line).key) and progress in (None, line.progress)
        ]


@dataclass(frozen=True, kw_only=True)
class ProcessLine:
    """A row of 分権提案 with its outcome and how many cases rest on it (分権提案の行)."""

    entry: RegisterEntry
    outcome: OtherProcessOutcome | None
    case_count: int

    @property
    def status(self) -> str:
        """How far it is, in words (状況)."""
        return OUTCOME_STATUS_LABELS[self.outcome.status] if self.outcome else "記録なし"


def follow_up_list(actor: User, round_: Round) -> FollowUpList:
    """Read what follows for the cases of a round (後続対応), class by class."""
    lines = steps_of(followed_cases(actor, round_))
    return FollowUpList(
        lines=lines,
        classes=[_class_line(category, lines) for category in round_.scheme.categories],
    )


def reference_lines(found: FollowUpList) -> list[CaseSteps]:
    """Cases for later study (参考リスト), by receipt number."""
    return [line for line in found.lines if _category(line).follow_up is FollowUp.REFERENCE]


def process_lines(found: FollowUpList) -> list[ProcessLine]:
    """Rows of 分権提案 that cases of the round rest on (分権提案の行), by number."""
    counts: dict[int, int] = {}
    for line in found.lines:
        if _category(line).follow_up is FollowUp.OTHER_PROCESS:
            for row in line.rows:
                counts[row.id] = counts.get(row.id, 0) + 1
    outcomes = latest_outcomes(sorted(counts))
    return [
        ProcessLine(entry=row, outcome=outcomes.get(row.id), case_count=counts[row.id])
        for row in process_rows()
        if row.id in counts
    ]


def step_url(step: Step, proposal: Proposal) -> str:
    """Address where a step is done (段の画面), "" for none."""
    if not step.endpoint:
        return ""
    if step.entry is not None:
        return url_for(step.endpoint, number=step.entry)
    if step.endpoint == "watches.index":
        return url_for("casework.show", receipt_number=proposal.reference, _anchor="watches-head")
    return url_for(step.endpoint, receipt_number=proposal.receipt_number)


def follow_up_table(lines: Sequence[CaseSteps], round_: Round) -> Table:
    """The list as a table for a file (後続対応の表)."""
    columns = [
        Column("category", "分類", width=8),
        Column("number", "受付番号"),
        Column("title", "提案", width=LONG_WIDTH),
        Column("progress", "進み", width=12),
        Column("steps", "後続対応", width=LONG_WIDTH),
        Column("todo", "次にすること", width=24),
        Column("rows", "台帳の行", width=LONG_WIDTH),
    ]
    return Table(
        title=f"{round_.label}の後続対応", columns=columns, rows=[_cells(row) for row in lines]
    )


def reference_table(lines: Sequence[CaseSteps], round_: Round) -> Table:
    """The list for later study as a table (参考リストの表)."""
    columns = [
        Column("number", "受付番号"),
        Column("title", "提案", width=LONG_WIDTH),
        Column("note", "メモ", width=LONG_WIDTH),
        Column("written_on", "メモを書いた日", kind="date"),
    ]
    rows = [
        {
            "number": line.proposal.reference,
            "title": line.proposal.title,
            "note": line.note.text if line.note else None,
            "written_on": line.note.written_at if line.note else None,
        }
        for line in lines
    ]
    return Table(title=f"{round_.label}の参考リスト", columns=columns, rows=rows)


def _class_line(category: Category, lines: Sequence[CaseSteps]) -> ClassLine:
    counts = dict.fromkeys(Progress, 0)
    for line in lines:
        if line.proposal.category_id == category.id:
            counts[line.progress] += 1
    return ClassLine(category=category, follows=FOLLOW_UP_LABELS[category.follow_up], counts=counts)


def _category(line: CaseSteps) -> Category:
    category = line.proposal.category
    if category is None:
        raise LookupError("only cases with a class are listed")
    return category


def _cells(line: CaseSteps) -> dict[str, object]:
    return {
        "category": _category(line).code,
        "number": line.proposal.reference,
        "title": line.proposal.title,
        "progress": PROGRESS_LABELS[line.progress],
        "steps": "。".join(f"{step.label}：{step.words}" for step in line.steps),
        "todo": line.next.todo if line.next else None,
        "rows": "、".join(row_words(row) for row in line.rows) or None,
    }
