"""Proposals that are put off (ペンディング一覧): the four columns of the meeting paper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import User
from app.core import clock
from app.core.clock import to_jst
from app.core.closing_days import office_calendar
from app.core.tabular import Column, Table
from app.proposals.models import Proposal
from app.proposals.presentation import Due, revisit_on
from app.reports.cases import round_cases
from app.reports.counting import NOW, Counting
from app.reports.published import PENDING
from app.reports.queries import holds, pending_proposals, state_counts, texts_at
from app.reports.reader import comparison_of, notes_for
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round
from app.triage.queries import owner_names, reviewer_names
from app.workflow.states import State

NAME = "pending"
TITLE = "ペンディング一覧"

COLUMNS = (
    Column("number", "#", kind="integer", width=8),
    Column("title", "提案概要", width=40),
    Column("detail", "提案詳細", width=100),
    Column("org_type", "団体種別", width=24),
)


@dataclass(frozen=True, kw_only=True)
class PendingLine:
    """A pending proposal; all but the first two are for the secretariat alone (ペンディングの行).

    `age` is how many office days the case has been pending, None for a past day.
    """

    proposal: Proposal
    number: str
    title: str
    detail: str
    org_type: str
    reason: str
    owner: str
    reviewers: tuple[str, ...]
    age: int | None
    revisit: Due | None


@dataclass(frozen=True, kw_only=True)
class PendingList:
    """Pending proposals a reader may know of (ペンディング一覧)."""

    lines: tuple[PendingLine, ...]


def build_pending(round_: Round, reader: User | None = None, counting: Counting = NOW) -> Report:
    """List the pending proposals of the round (ペンディング一覧), by number.

    A case the reader has a conflict of interest with (利益相反) is left out, of the number too;
    without a reader, on the command line, the list is whole.
    """
    cases = round_cases(round_, reader, counting)
    ids = [case.id for case in cases.counted if case.state is State.PENDING]
    lines = _lines(ids, counting)
    checks = (_identity(len(lines), state_counts(cases).pending),)
    counted = [(PENDING, "ペンディング", len(ids))]
    comparison = comparison_of(round_, cases, counting, counted)
    table = Table(
        title=f"{TITLE}（{round_.label}）",
        columns=_columns(lines),
        rows=[_row(line) for line in lines],
        notes=(*notes_for(cases, counting), *notes_of(checks, comparison)),
    )
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=len(ids),
        table=table,
        records=table,
        checks=checks,
        comparison=comparison,
        content=PendingList(lines=lines),
        counting=counting,
        is_whole=cases.is_whole,
    )


def _lines(ids: Sequence[int], counting: Counting) -> tuple[PendingLine, ...]:
    proposals = pending_proposals(ids)
    held, texts = holds(ids, counting), texts_at(ids, counting.end)
    # Who had a case on a past day is on the page of the case.
    is_now = counting.as_of is None
    reviewers = reviewer_names(proposals) if is_now else {}
    owners = owner_names(proposals) if is_now else {}
    found = []
    for proposal in proposals:
        hold, text = held.get(proposal.id), texts.get(proposal.id, {})
        found.append(
            PendingLine(
                proposal=proposal,
                number=_number(proposal),
                title=text.get("title", proposal.title),
                detail=text.get("detail", proposal.detail),
                org_type=_org_type(proposal),
                reason=hold.reason if hold else _merged_words(proposal),
                owner=owners.get(proposal.id, ""),
                reviewers=tuple(reviewers.get(proposal.id, ())),
                age=_office_days_pending(proposal) if is_now else None,
                revisit=revisit_on(hold.revisit_on) if hold else None,
            )
        )
    return tuple(found)


def _merged_words(proposal: Proposal) -> str:
    """Why a case that went into a pending one is in the list (統合)."""
    into = proposal.merged_into
    return f"{into.reference}に統合され、その提案がペンディングです。" if into else ""


def _number(proposal: Proposal) -> str:
    """Number of a case within its round (#): 228; 12-2 for a part (枝番)."""
    number = str(proposal.receipt_sequence)
    return f"{number}-{proposal.branch_number}" if proposal.is_part else number


def _columns(lines: Sequence[PendingLine]) -> tuple[Column, ...]:
    """The columns of the paper; the numbers are words where one has a branch (枝番)."""
    if not any(line.proposal.is_part for line in lines):
        return COLUMNS
    return (replace(COLUMNS[0], kind="text"), *COLUMNS[1:])


def _office_days_pending(proposal: Proposal) -> int | None:
    if proposal.state is not State.PENDING:
        return None
    since = to_jst(proposal.state_since).date()
    return office_calendar().office_days_between(since, clock.today())


def _org_type(proposal: Proposal) -> str:
    if proposal.submitted_at is None:
        return ""
    org_type = proposal.organization.type_on(to_jst(proposal.submitted_at).date())
    return ORG_TYPE_LABELS[org_type] if org_type else ""


def _row(line: PendingLine) -> dict[str, object]:
    is_plain = line.number.isdecimal()
    return {
        "number": int(line.number) if is_plain else line.number,
        "title": line.title,
        "detail": line.detail,
        "org_type": line.org_type,
    }


def _identity(listed: int, total: int) -> SumCheck:
    return SumCheck(parts=(Amount("一覧", listed),), whole=Amount("ペンディング", total))
