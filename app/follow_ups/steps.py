"""What follows for a case by its class, and how far it is (後続対応の段): derived, never stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.eras import format_date
from app.follow_ups.facts import Facts, facts_of, facts_of_case, is_elsewhere_process
from app.follow_ups.models import OUTCOME_STATUS_LABELS, OtherProcessOutcome, OutcomeStatus
from app.follow_ups.models import StudyNote as Note
from app.handoffs.queries import unrouted
from app.handoffs.standing import (
    STANDING_LABELS,
    HandoffStanding,
)
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.watches.listing import Standing as WatchStanding
from app.watches.listing import WatchLine
from app.workflow.states import FollowUp, State


class Progress(StrEnum):
    """How far the follow-up is (後続対応の進み): owed by the office, running, done."""

    MISSING = "missing"
    OPEN = "open"
    DONE = "done"


PROGRESS_LABELS: Mapping[Progress, str] = {
    Progress.MISSING: "未対応",
    Progress.OPEN: "進行中",
    Progress.DONE: "対応済み",
}
PROGRESS_TONES: Mapping[Progress, str] = {
    Progress.MISSING: "soon",
    Progress.OPEN: "wait",
    Progress.DONE: "done",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that follows (後続対応の段): what, how far in words, and where it is done.

    `endpoint` takes the receipt number of the case, or the register number where `entry` is set.
    """

    label: str
    progress: Progress
    words: str
    todo: str = ""
    endpoint: str = ""
    entry: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseSteps:
    """What follows for one case (案件の後続対応)."""

    proposal: Proposal
    steps: tuple[Step, ...]
    rows: tuple[RegisterEntry, ...]
    outcomes: tuple[OtherProcessOutcome, ...]
    note: Note | None

    @property
    def progress(self) -> Progress:
        """How far it is: what is missing counts before what runs."""
        present = {step.progress for step in self.steps}
        return next((row for row in Progress if row in present), Progress.DONE)

    @property
    def next(self) -> Step | None:
        """The first thing that is missing and can be done (次にすること), None for nothing."""
        owed = (row for row in self.steps if row.progress is Progress.MISSING and row.endpoint)
        return next(owed, None)


def steps_of(cases: Sequence[Proposal]) -> list[CaseSteps]:
    """What follows for cases that have a class (後続対応), in the order given; in few questions."""
    facts = facts_of(cases)
    return [_case_steps(case, facts) for case in cases]


def steps_of_case(case: Proposal) -> CaseSteps:
    """What follows for one case that has a class (後続対応), from what its page has read."""
    return _case_steps(case, facts_of_case(case))


def _case_steps(case: Proposal, facts: Facts) -> CaseSteps:
    rows = facts.rows.get(case.id, [])
    category = case.category
    steps: list[Step] = []
    if category is not None:
        if category.is_evidence_required:
            steps.append(_link_step(rows))
        steps += _STEPS[category.follow_up](case, facts)
    told = [facts.outcomes[row.id] for row in rows if row.id in facts.outcomes]
    is_elsewhere = category is not None and is_elsewhere_process(category)
    return CaseSteps(
        proposal=case,
        steps=tuple(steps),
        rows=tuple(rows),
        outcomes=tuple(told if is_elsewhere else ()),
        note=facts.notes.get(case.id),
    )


def _link_step(rows: Sequence[RegisterEntry]) -> Step:
    if rows:
        words = "、".join(row_words(row) for row in rows)
        return Step(label="台帳の行", progress=Progress.DONE, words=words)
    return Step(
        label="台帳の行",
        progress=Progress.MISSING,
        words="確定した意見に根拠の行がありません",
        todo="仕分け直して行を根拠に選ぶ",
        endpoint="triage.reclassify",
    )


def row_words(row: RegisterEntry) -> str:
    """A row with its register and numbers (台帳の行): 「分権提案 管理番号79　…」."""
    numbers = "、".join(str(item.number) for item in row.control_numbers)
    number = f"管理番号{numbers}" if numbers else str(row.number)
    return f"{REGISTER_LABELS[row.register]} {number}　{row.title}"


def _handoff_steps(case: Proposal, facts: Facts) -> list[Step]:
    rows = facts.handoffs.get(case.id, [])
    words = facts.standings.get(case.id, STANDING_LABELS[HandoffStanding.NONE])
    is_settled = words == STANDING_LABELS[HandoffStanding.SETTLED]
    progress, todo = Progress.OPEN, ""
    if unrouted(rows):
        words, todo = STANDING_LABELS[HandoffStanding.REFUSED], "別の府省庁へ送り直す"
        progress = Progress.MISSING
    elif words == STANDING_LABELS[HandoffStanding.NONE]:
        if case.state is State.CLOSED:
            return [Step(label="送付", progress=Progress.DONE, words="送付せずに終了")]
        progress, todo = Progress.MISSING, "送付を準備する"
    elif words == STANDING_LABELS[HandoffStanding.PREPARED]:
        progress, todo = Progress.MISSING, "送付する"
    elif is_settled:
        progress = Progress.DONE
    return [
        Step(label="送付", progress=progress, words=words, todo=todo, endpoint="case_handoffs.show")
    ]


def _outcome_steps(case: Proposal, facts: Facts) -> list[Step]:
    return [
        _outcome_step(row, facts.outcomes.get(row.id))
        for row in facts.rows.get(case.id, [])
        if row.register is Register.BUNKEN
    ]


def _outcome_step(row: RegisterEntry, outcome: OtherProcessOutcome | None) -> Step:
    if outcome is None:
        progress, words, todo = Progress.MISSING, "結果の記録なし", "結果を記録する"
    else:
        is_open = outcome.status is OutcomeStatus.UNDER_REVIEW
        progress, todo = (Progress.OPEN if is_open else Progress.DONE), ""
        words = OUTCOME_STATUS_LABELS[outcome.status]
        if outcome.decided_on is not None:
            words = f"{words}（{format_date(outcome.decided_on)}）"
    return Step(
        label="分権提案の結果",
        progress=progress,
        words=words,
        todo=todo,
        endpoint="follow_ups.outcome",
        entry=row.number,
    )


def _watch_steps(case: Proposal, facts: Facts) -> list[Step]:
    lines = facts.watches.get(case.id, [])
    if not lines:
        return [
            Step(
                label="見直しの条件",
                progress=Progress.MISSING,
                words="条件が未登録",
                todo="見直しの条件を登録する",
                endpoint="watches.new",
            )
        ]
    return [_watch_step(line) for line in lines]


def _watch_step(line: WatchLine) -> Step:
    day = line.watch.check_on
    words = line.label + (f"（{format_date(day)}）" if day is not None else "")
    if line.standing is WatchStanding.DUE:
        return Step(
            label="見直しの条件",
            progress=Progress.MISSING,
            words=words,
            todo="見直しの条件を確かめる",
            endpoint="watches.index",
        )
    is_open = line.standing is WatchStanding.WAITING
    progress = Progress.OPEN if is_open else Progress.DONE
    return Step(label="見直しの条件", progress=progress, words=words)


def _candidate_steps(case: Proposal, facts: Facts) -> list[Step]:
    names = facts.candidates.get(case.id, [])
    if names:
        return [Step(label="対象候補", progress=Progress.DONE, words="、".join(names))]
    if case.id in facts.exempted:
        return [Step(label="対象候補", progress=Progress.DONE, words="ない理由を記録済み")]
    return [
        Step(
            label="対象候補",
            progress=Progress.MISSING,
            words="対象候補も、ない理由もありません",
            todo="対象候補につなぐ",
            endpoint="candidates.link_from_case",
        )
    ]


def _reference_steps(case: Proposal, facts: Facts) -> list[Step]:
    words = "参考リストに掲載" + ("・メモあり" if case.id in facts.notes else "")
    return [Step(label="参考リスト", progress=Progress.DONE, words=words)]


_STEPS: dict[FollowUp, Callable[[Proposal, Facts], list[Step]]] = {
    FollowUp.INFORM: _handoff_steps,
    FollowUp.OTHER_PROCESS: _outcome_steps,
    FollowUp.HANDOFF: _handoff_steps,
    FollowUp.TRIGGER: _watch_steps,
    FollowUp.REVISIT: _watch_steps,
    FollowUp.CANDIDATE: _candidate_steps,
    FollowUp.REFERENCE: _reference_steps,
}
