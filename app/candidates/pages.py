"""What the pages of the candidates show (対象候補の画面の内容)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.candidates.models import (
    Candidate,
    CandidateExemption,
    CandidateSection,
    ProgressReport,
)
from app.candidates.policy import (
    can_edit,
    can_gather,
    can_report,
    is_linkable,
    needs_candidate,
)
from app.candidates.printing import print_ministries
from app.candidates.queries import (
    LinkedCase,
    cancelled_lines,
    candidates_of,
    case_counts,
    cases_of,
    exemption_of,
    links_of,
    milestones_of,
    register_rows_of,
    reports_on,
    told_to_body,
)
from app.candidates.schedule import Schedule, schedule_of
from app.candidates.services.course import states_to_plan
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.registers.models import RegisterEntry
from app.rounds.models import Round
from app.triage.policy import can_work
from app.workflow.candidates import (
    CANDIDATE_KIND_LABELS,
    CANDIDATE_ORIGIN_LABELS,
    CANDIDATE_STATE_LABELS,
    CandidateKind,
    CandidateState,
    candidate_states_from,
)

# Tones of the badge: what waits for the office, what runs, what is done.
_TONES = {
    CandidateState.AGREED: "done",
    CandidateState.IN_SERVICE: "done",
    CandidateState.PROPOSED: "plain",
    CandidateState.DROPPED: "plain",
    CandidateState.OTHER_MEANS: "plain",
    CandidateState.CONDITIONS: "wait",
}


@dataclass(frozen=True, kw_only=True)
class CandidateLine:
    """A candidate as lists show it (対象候補の行)."""

    candidate: Candidate
    ministries: str
    origin: str
    state_label: str
    tone: str
    case_count: int
    schedule: Schedule


@dataclass(frozen=True, kw_only=True)
class SectionLines:
    """Lines under one heading (区分ごとの行); `section` None: printed under none."""

    section: CandidateSection | None
    lines: list[CandidateLine]


@dataclass(frozen=True, kw_only=True)
class CandidateList:
    """The list of a round for one reader (対象候補の一覧)."""

    groups: list[SectionLines]
    sees_cases: bool
    may_edit: bool
    # Lines entered by mistake, for the secretariat alone (取り消した行).
    cancelled: list[Candidate]

    @property
    def lines(self) -> list[CandidateLine]:
        """All lines in their order."""
        return [line for group in self.groups for line in group.lines]

    @property
    def late(self) -> list[CandidateLine]:
        """Lines with a date that went by (超過のある行)."""
        return [line for line in self.lines if line.schedule.late]

    def count_of(self, *states: CandidateState) -> int:
        """Number of candidates, inquiries left out, in one of the states (件数)."""
        return sum(
            line.candidate.kind is CandidateKind.CANDIDATE and line.candidate.state in states
            for line in self.lines
        )


@dataclass(frozen=True, kw_only=True)
class CandidatePage:
    """One candidate with all that belongs to it, for one reader (対象候補の画面)."""

    line: CandidateLine
    cases: list[LinkedCase]
    rows: list[RegisterEntry]
    reports: list[ProgressReport]
    is_inner: bool
    sees_cases: bool
    may_edit: bool
    may_gather: bool
    may_move: bool
    may_plan: bool
    may_report: bool
    may_take_back: bool
    may_cancel: bool


@dataclass(frozen=True, kw_only=True)
class CandidatePanel:
    """Candidates on the page of a case (案件の画面の対象候補); `told` is for its body."""

    proposal: Proposal
    links: Sequence[LinkedCase] = ()
    told: Sequence[Candidate] = ()
    exemption: CandidateExemption | None = None
    is_owed: bool = False
    is_inner: bool = False
    may_link: bool = False
    may_exempt: bool = False
    may_write: bool = False


def candidate_list(round_: Round, reader: User) -> CandidateList:
    """Build the list of a round (対象候補の一覧)."""
    lines = _lines(candidates_of(round_, reader), reader)
    groups: list[SectionLines] = []
    for line in lines:
        section = line.candidate.section
        if not groups or groups[-1].section is not section:
            groups.append(SectionLines(section=section, lines=[]))
        groups[-1].lines.append(line)
    return CandidateList(
        groups=groups,
        sees_cases=_sees_cases(reader),
        may_edit=can_edit(reader),
        cancelled=cancelled_lines(round_) if reads_as_secretariat(reader) else [],
    )


def candidate_page(candidate: Candidate, reader: User) -> CandidatePage:
    """Build the page of a candidate (対象候補の画面)."""
    [line] = _lines([candidate], reader)
    is_candidate = candidate.kind is CandidateKind.CANDIDATE
    stands = candidate.cancelled_at is None
    may_edit = can_edit(reader) and stands
    is_agreed = candidate.state is CandidateState.AGREED
    reports = reports_on([candidate.id]).get(candidate.id, [])
    return CandidatePage(
        line=line,
        cases=cases_of(candidate, reader),
        rows=register_rows_of(candidate),
        reports=reports,
        is_inner=reads_as_secretariat(reader),
        sees_cases=_sees_cases(reader),
        may_edit=may_edit,
        may_gather=can_gather(reader) and stands,
        may_move=may_edit and is_candidate and bool(candidate_states_from(candidate.state)),
        may_plan=may_edit and is_candidate and bool(states_to_plan(candidate)),
        may_report=is_agreed and can_report(reader, candidate),
        may_take_back=may_edit and _is_last_move_alone(candidate, reports),
        may_cancel=may_edit and candidate.state is CandidateState.PROPOSED,
    )


def candidate_panel(proposal: Proposal, reader: User) -> CandidatePanel | None:
    """Build the panel on the page of a case (対象候補の欄); None where there is nothing to say."""
    is_inner = reads_as_secretariat(reader)
    told = [] if is_inner else told_to_body(proposal, reader)
    if not is_inner:
        return CandidatePanel(proposal=proposal, told=told) if told else None
    links = [LinkedCase(proposal, link) for link in links_of(proposal)]
    exemption = exemption_of(proposal)
    is_owed = needs_candidate(proposal)
    if not links and exemption is None and not is_owed and not is_linkable(proposal):
        return None
    may_write = can_work(reader, proposal)
    return CandidatePanel(
        proposal=proposal,
        links=links,
        exemption=exemption,
        is_owed=is_owed and not links and exemption is None,
        is_inner=True,
        may_link=may_write and is_linkable(proposal),
        may_exempt=may_write and is_owed and not links,
        may_write=may_write,
    )


def _lines(candidates: Sequence[Candidate], reader: User) -> list[CandidateLine]:
    ids = [row.id for row in candidates]
    counts = case_counts(ids, reader)
    milestones, reports = milestones_of(ids), reports_on(ids)
    return [
        CandidateLine(
            candidate=row,
            ministries=print_ministries(row.ministries),
            origin=CANDIDATE_ORIGIN_LABELS[row.origin] if row.origin else "",
            state_label=_state_label(row),
            tone=_tone(row),
            case_count=counts.get(row.id, 0),
            schedule=schedule_of(row, milestones.get(row.id, []), reports.get(row.id, [])),
        )
        for row in candidates
    ]


def _is_last_move_alone(candidate: Candidate, reports: Sequence[ProgressReport]) -> bool:
    """Whether the last move can be taken back (進行の取消し): nothing was reported after it."""
    if candidate.state is CandidateState.AGREED:
        return not reports
    return candidate.state is not CandidateState.PROPOSED


def _state_label(candidate: Candidate) -> str:
    if candidate.kind is CandidateKind.INQUIRY:
        return CANDIDATE_KIND_LABELS[candidate.kind]
    return CANDIDATE_STATE_LABELS[candidate.state]


def _tone(candidate: Candidate) -> str:
    return _TONES.get(candidate.state, "work")


def _sees_cases(reader: User) -> bool:
    """Whether the reader may be shown cases at all: an observer is told of none."""
    return reads_as_secretariat(reader) or reader.organization.kind.value == "ministry"
