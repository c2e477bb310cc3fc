"""Whether receipt numbers have no gap, and every submission kept its text and files (受付)."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.files.models import StoredFile
from app.integrity.findings import Tally
from app.integrity.snapshot import stream
from app.proposals.models import Proposal, ProposalRevision
from app.rounds.models import Round

LOST = "受け付けた提案が失われた疑いがあります。最後の正しいバックアップと比べてください"
TODO = "直接の書換えを疑い、バックアップと比べてください"


class _Numbered(NamedTuple):
    """A case with its receipt number, or a round without any."""

    key: str
    given: int
    sequence: int | None
    branch: int | None
    number: str | None


def look_at_receipts(connection: Connection, tally: Tally) -> None:
    """Look for gaps in the receipt numbers of each round (受付番号の欠番)."""
    statement = (
        select(
            Round.key,
            Round.last_receipt_sequence,
            Proposal.receipt_sequence,
            Proposal.branch_number,
            Proposal.receipt_number,
        )
        .outerjoin(
            Proposal,
            (Proposal.round_id == Round.id) & Proposal.receipt_sequence.is_not(None),
        )
        .order_by(Round.id, Proposal.receipt_sequence, Proposal.branch_number)
    )
    rows = (_Numbered(*row) for row in stream(connection, statement))
    for _key, numbered in groupby(rows, key=lambda row: row.key):
        _look_at_round(numbered, tally)


def look_at_revisions(connection: Connection, tally: Tally) -> None:
    """Look for cases without the text as submitted, and for gaps in it (提出版)."""
    statement = (
        select(Proposal.id, Proposal.receipt_number, ProposalRevision.number)
        .outerjoin(ProposalRevision, ProposalRevision.proposal_id == Proposal.id)
        .where(Proposal.receipt_number.is_not(None))
        .order_by(Proposal.id, ProposalRevision.number)
    )
    rows = stream(connection, statement)
    for (_id, number), group in groupby(rows, key=lambda row: (row[0], row[1])):
        tally.look()
        kept = [row[2] for row in group if row[2] is not None]
        if not kept:
            tally.add(f"案件 {number}", "提出した時の文章（提出版）がない", LOST)
        elif kept != list(range(1, len(kept) + 1)):
            told = "、".join(str(each) for each in kept)
            tally.add(f"案件 {number}", f"提出版の番号が続いていない（{told}）", LOST)


def look_at_submitted_files(connection: Connection, tally: Tally) -> None:
    """Look for files that were submitted and that no file row knows any more (提出時の添付)."""
    statement = (
        select(Proposal.receipt_number, ProposalRevision.number, ProposalRevision.files)
        .join(Proposal, Proposal.id == ProposalRevision.proposal_id)
        .order_by(ProposalRevision.proposal_id, ProposalRevision.number)
    )
    for number, revision, files in stream(connection, statement):
        for submitted in files:
            tally.look()
            found = select(StoredFile.id).where(StoredFile.sha256 == submitted["sha256"]).limit(1)
            if connection.scalar(found) is None:
                tally.add(
                    f"案件 {number} 提出版{revision}",
                    f"提出したファイル「{submitted['name']}」の記録がない",
                    LOST,
                )


def _look_at_round(rows: Iterator[_Numbered], tally: Tally) -> None:
    expected, key, given = 1, "", 0
    for row in rows:
        key, given = row.key, row.given
        if row.sequence is None:
            continue
        tally.look()
        _tell_gap(key, expected, row.sequence - 1, tally)
        expected = row.sequence + 1
        part = f"-{row.branch}" if row.branch != 1 else ""
        wanted = f"{key}-{row.sequence:04d}{part}"
        if row.number != wanted:
            tally.add(f"案件 {row.number}", f"受付番号が、連番の示す {wanted} と違う", TODO)
    _tell_gap(key, expected, given, tally)
    if expected - 1 > given:
        tally.add(f"募集回 {key}", f"最後の番号は{expected - 1}、数えた番号は{given}", TODO)


def _tell_gap(key: str, first: int, last: int, tally: Tally) -> None:
    if first > last:
        return
    words = f"{key}-{first:04d}" + (f" から {key}-{last:04d} まで" if last > first else "")
    tally.add(f"募集回 {key}", f"受付番号 {words} の提案がない", LOST)
