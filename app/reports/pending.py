"""Proposals that are put off (ペンディング一覧): the four columns of the meeting paper."""

from dataclasses import dataclass

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import User
from app.core import clock
from app.core.clock import to_jst
from app.core.tabular import Column, Table
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.presentation import Due, due_on
from app.proposals.queries import visible_to
from app.reports.published import PENDING, compare, published_figures
from app.reports.queries import (
    hidden_pending,
    hold_reasons,
    pending_proposals,
    state_counts,
)
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round
from app.triage.queries import reviewer_names

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
    """A pending proposal; the last three are for the secretariat alone (ペンディングの行)."""

    proposal: Proposal
    org_type: str
    reason: str
    owners: tuple[str, ...]
    revisit: Due | None


@dataclass(frozen=True, kw_only=True)
class PendingList:
    """Pending proposals a reader may know of, and how many are kept from the reader."""

    lines: tuple[PendingLine, ...]
    hidden: int


def build_pending(round_: Round, reader: User | None = None) -> Report:
    """List the pending proposals of the round (ペンディング一覧), by number.

    The texts of a case the reader has a conflict of interest with (利益相反) are left out, and the
    number of those is said; without a reader, on the command line, the list is whole.
    """
    lines = _lines(round_, reader)
    total = state_counts(round_).pending
    listed = PendingList(lines=lines, hidden=hidden_pending(round_, reader) if reader else 0)
    checks = (_identity(listed, total),)
    counted = [(PENDING, "ペンディング", total)]
    comparison = compare(published_figures(round_), counted)
    table = Table(
        title=f"{TITLE}（{round_.label}）",
        columns=COLUMNS,
        rows=[_row(line) for line in lines],
        notes=notes_of(checks, comparison),
    )
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=total,
        table=table,
        records=table,
        checks=checks,
        comparison=comparison,
        content=listed,
    )


def _lines(round_: Round, reader: User | None) -> tuple[PendingLine, ...]:
    statement = pending_proposals(round_)
    if reader is not None:
        statement = statement.where(visible_to(reader))
    proposals = list(db.session.scalars(statement))
    reasons, owners = hold_reasons(proposals), reviewer_names(proposals)
    return tuple(
        PendingLine(
            proposal=proposal,
            org_type=_org_type(proposal),
            reason=reasons.get(proposal.id, ""),
            owners=tuple(owners[proposal.id]),
            revisit=due_on(proposal.due_on) if proposal.due_on else None,
        )
        for proposal in proposals
    )


def _org_type(proposal: Proposal) -> str:
    if proposal.submitted_at is None:
        return ""
    org_type = proposal.organization.type_on(to_jst(proposal.submitted_at).date())
    return ORG_TYPE_LABELS[org_type] if org_type else ""


def _row(line: PendingLine) -> dict[str, object]:
    proposal = line.proposal
    return {
        "number": proposal.receipt_sequence,
        "title": proposal.title,
        "detail": proposal.detail,
        "org_type": line.org_type,
    }


def _identity(listed: PendingList, total: int) -> SumCheck:
    parts = [Amount("一覧", len(listed.lines))]
    if listed.hidden:
        parts.append(Amount("利益相反のため表示しないもの", listed.hidden))
    return SumCheck(parts=tuple(parts), whole=Amount("ペンディング", total))
