"""Candidates as the meeting paper lists them (対象候補の報告)."""

from app.accounts.models import User
from app.candidates.models import Candidate
from app.candidates.printing import print_ministries
from app.candidates.queries import all_candidates_of
from app.core import clock
from app.core.tabular import Column, Table
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round
from app.workflow.candidates import (
    CANDIDATE_KIND_LABELS,
    CANDIDATE_ORIGIN_LABELS,
    CANDIDATE_STATE_LABELS,
    CandidateKind,
    CandidateState,
)

NAME = "candidates"
TITLE = "共通化の対象候補"
TEMPLATE = "reports/candidates.html"
# Between the ministries in one cell for programs.
PART_MARK = ";"
PROVISIONAL = "P"
COLUMNS = (
    Column("seq", "番号", width=8),
    Column("section", "区分", width=40),
    Column("system", "業務・システム", width=60),
    Column("ministries", "府省庁", width=40),
    Column("origin", "由来", width=12),
    Column("status", "状態", width=12),
)


def build_candidates(round_: Round, reader: User | None = None) -> Report:
    """List the candidates of a round as they stand now (対象候補の一覧); no case is counted."""
    listed = all_candidates_of(round_)
    checks = (_identity(listed),)
    title = f"{TITLE}（{round_.label}）"
    notes = notes_of(checks, None)
    rows = [_row(row) for row in listed]
    records = [
        {**row, "ministries": PART_MARK.join(ministry.printed_name for ministry in one.ministries)}
        for row, one in zip(rows, listed, strict=True)
    ]
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=len(listed),
        table=Table(title, COLUMNS, rows, notes=notes),
        records=Table(title, [Column(row.key, row.key) for row in COLUMNS], records, notes=notes),
        checks=checks,
        comparison=None,
        content=rows,
    )


def _row(candidate: Candidate) -> dict[str, object]:
    return {
        "seq": candidate.printed_mark,
        "section": candidate.section.printed if candidate.section else "",
        "system": candidate.system,
        "ministries": print_ministries(candidate.ministries),
        "origin": CANDIDATE_ORIGIN_LABELS[candidate.origin] if candidate.origin else "",
        "status": _status(candidate),
    }


def _status(candidate: Candidate) -> str:
    """What the list prints at the end of a line: 【P】 or 検討, else the state once it moved on."""
    if candidate.is_provisional:
        return PROVISIONAL
    if candidate.kind is CandidateKind.INQUIRY:
        return CANDIDATE_KIND_LABELS[candidate.kind]
    if candidate.state is CandidateState.PROPOSED:
        return ""
    return CANDIDATE_STATE_LABELS[candidate.state]


def _identity(listed: list[Candidate]) -> SumCheck:
    """Candidates and inquiries make the list (検算)."""
    parts = tuple(
        Amount(label, sum(row.kind is kind for row in listed), "行")
        for kind, label in CANDIDATE_KIND_LABELS.items()
    )
    return SumCheck(parts=parts, whole=Amount("一覧", len(listed), "行"))
