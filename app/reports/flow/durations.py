"""The report on how long the cases took (所要日数): by step, as a whole, by class."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.tabular import Column, Table
from app.reports.cases import has_any_conflict, round_cases
from app.reports.counting import CONFLICT_NOTE, Counting
from app.reports.flow.cycle import (
    SHARE_LABELS,
    TO_CLASSIFIED,
    TO_CLOSED,
    CycleLine,
    CycleTimes,
    Measure,
    Share,
    cycle_times,
)
from app.reports.flow.histories import histories
from app.reports.flow.queries import ministry_runs, moves_of
from app.reports.flow.question import FlowQuestion, as_question
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round
from app.workflow.labels import STATE_LABELS, TERM_LABELS
from app.workflow.states import State
from app.workflow.terms import STATE_CLOCKS, Holder

NAME = "cycle-time"
TITLE = "所要日数"
DEFINITIONS = (
    "日数は開庁日で、はじまりの日は数えません（初日不算入）。同じ日のうちに進んだものは0日です。",
    "中央値は、終わった提案の半分以上がその日数以内だった、いちばん短い日数です（最近順位法）。"
    "85％値は、同じく85％以上がその日数以内だった日数です。",
    "まだ終わっていない提案は、中央値と85％値に入れず、件数と今までの最長の日数を並べます。",
    "差戻し・仕分け直しなどで同じ手順を2回以上通った提案は、その手順の日数を合わせて1件と数えます。",
)
WHOLE_LABELS = {TO_CLASSIFIED: "提出から分類確定まで", TO_CLOSED: "提出から終了まで"}
HOLDER_LABELS = {Holder.SECRETARIAT: "事務局", Holder.PROPOSER: "団体", Holder.MINISTRY: "府省庁"}


@dataclass(frozen=True, kw_only=True)
class NamedLine:
    """A line of the table under its words (所要日数の行): `group` is 全体, 手順 or 分類."""

    group: str
    label: str
    code: str
    holder: str
    line: CycleLine


@dataclass(frozen=True, kw_only=True)
class Durations:
    """What the page of the report draws (所要日数)."""

    question: FlowQuestion
    last: date
    wholes: tuple[NamedLine, ...]
    steps: tuple[NamedLine, ...]
    classes: tuple[NamedLine, ...]
    gone: int

    @property
    def shares(self) -> tuple[Share, ...]:
        """The parts of the time (内訳); the last only where any case stood still."""
        has_other = any(named.line.shares.get(Share.OTHER) for named in self.wholes)
        return tuple(share for share in Share if share is not Share.OTHER or has_other)

    @property
    def definitions(self) -> tuple[str, ...]:
        """What the numbers mean (数え方)."""
        return (*DEFINITIONS, gone_words(self.gone))

    def share_label(self, share: Share) -> str:
        """The word of a part of the time (内訳の名)."""
        return SHARE_LABELS[share]

    @property
    def longest(self) -> int:
        """The largest number of days that is drawn (棒の長さの基準)."""
        lines = (*self.wholes, *self.steps, *self.classes)
        return max((named.line.high or 0 for named in lines), default=0)

    @property
    def is_empty(self) -> bool:
        """Whether no case came in (提案がない)."""
        return not any(named.line.days or named.line.ages for named in self.wholes)


def build_cycle_time(round_: Round, reader: User | None, counting: Counting) -> Report:
    """Measure how long the cases of the round took (所要日数), from the trail.

    Raises CalendarRangeError for a day after the last year whose holidays are known.
    """
    question = as_question(counting)
    last = question.as_of or clock.today()
    times = _measured(round_, reader, question, last)
    content = _named(times, round_, question, last)
    counted = len(round_cases(round_, reader, question).counted)
    is_whole = reader is None or not has_any_conflict(reader)
    checks = _checks(times, counted, question)
    notes = question.notes if is_whole else (*question.notes, CONFLICT_NOTE)
    table = Table(
        title=f"{TITLE}（{round_.label}）",
        columns=COLUMNS,
        rows=list(_rows(content)),
        notes=(*DEFINITIONS, gone_words(times.gone), *notes, *notes_of(checks, None)),
    )
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=counted,
        table=table,
        records=table,
        checks=checks,
        comparison=None,
        content=content,
        counting=question,
        is_whole=is_whole,
    )


def _measured(round_: Round, reader: User | None, question: FlowQuestion, last: date) -> CycleTimes:
    measure = Measure(
        calendar=office_calendar(),
        last=last,
        since=question.since,
        ministries=ministry_runs(round_, question.end or clock.now()),
    )
    cases = histories(moves_of(round_, reader, question.end))
    return cycle_times(cases, [category.key for category in round_.scheme.categories], measure)


def gone_words(gone: int) -> str:
    """Say how many cases are in no line (数えない提案)."""
    return f"取り下げた提案と、ほかの提案に統合した提案（合わせて{gone:,}件）は数えていません。"


def _named(times: CycleTimes, round_: Round, question: FlowQuestion, last: date) -> Durations:
    categories = {category.key: category for category in round_.scheme.categories}
    return Durations(
        question=question,
        last=last,
        wholes=tuple(
            NamedLine(group="全体", label=WHOLE_LABELS[line.key], code="", holder="", line=line)
            for line in times.wholes
        ),
        steps=tuple(_step(line) for line in times.steps),
        classes=tuple(
            NamedLine(
                group="分類",
                label=categories[line.key].short_label,
                code=categories[line.key].code,
                holder="",
                line=line,
            )
            for line in times.classes
        ),
        gone=times.gone,
    )


def _step(line: CycleLine) -> NamedLine:
    state = State(line.key)
    term, holder = STATE_CLOCKS[state]
    is_pending = state is State.PENDING
    return NamedLine(
        group="手順",
        label=STATE_LABELS[state] if is_pending else TERM_LABELS[term],
        code="",
        holder=STATE_LABELS[state] if is_pending else HOLDER_LABELS[holder],
        line=line,
    )


def _checks(times: CycleTimes, counted: int, question: FlowQuestion) -> tuple[SumCheck, ...]:
    """The parts of the days against the days, and those through and open against all (検算)."""
    found = [
        SumCheck(
            parts=tuple(
                Amount(SHARE_LABELS[share], line.shares[share])
                for share in Share
                if line.shares.get(share)
            ),
            whole=Amount(f"{WHOLE_LABELS[line.key]}の延べ日数", sum(line.days), "開庁日"),
        )
        for line in times.wholes
        if sum(line.days)
    ]
    if question.since is None:
        whole = times.wholes[0]
        parts = (
            Amount("分類が確定した提案", len(whole.days)),
            Amount("まだの提案", len(whole.ages)),
        )
        found.append(SumCheck(parts=parts, whole=Amount("受付（整理後）", counted)))
    return tuple(found)


COLUMNS = (
    Column("group", "まとまり", width=10),
    Column("key", "キー", width=16),
    Column("line", "行", width=28),
    Column("number", "終わった件数", "integer"),
    Column("median", "中央値", "integer"),
    Column("high", "85％値", "integer"),
    Column("sum", "延べ開庁日", "integer"),
    *(Column(share.value, f"うち{SHARE_LABELS[share]}", "integer", width=18) for share in Share),
    Column("open", "まだの件数", "integer"),
    Column("oldest", "まだの最長", "integer"),
)


def _rows(content: Durations) -> Iterator[dict[str, object]]:
    for named in (*content.wholes, *content.steps, *content.classes):
        line = named.line
        yield {
            "group": named.group,
            "key": line.key,
            "line": f"{named.code} {named.label}".strip(),
            "number": len(line.days),
            "median": line.median,
            "high": line.high,
            "sum": sum(line.days),
            **{share.value: line.shares.get(share, 0) for share in Share},
            "open": len(line.ages),
            "oldest": line.oldest,
        }
