"""Finding merges, splits and duplicates (系譜の検索). A reader learns of visible cases only."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.errors import InvalidInput, NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.lineage.models import CaseMerge, CaseSplit, DuplicateMark, SplitPart
from app.proposals.models import Proposal
from app.proposals.queries import get_visible, visible_to
from app.workflow.states import State

MERGE_NOT_FOUND = "取り消せる統合は見つかりません。提案の画面を開き直して確かめてください。"
SPLIT_NOT_FOUND = "取り消せる分割は見つかりません。提案の画面を開き直して確かめてください。"
MARK_NOT_FOUND = "取り消せる重複の印は見つかりません。提案の画面を開き直して確かめてください。"
MOST_NUMBERS = 20
_BETWEEN_NUMBERS = re.compile(r"[\s,、，・;；]+")


def standing_merge(absorbed: Proposal) -> CaseMerge:
    """Return the merge by which a case went into another one (統合). Raises NotFound."""
    found = db.session.scalars(
        select(CaseMerge).where(CaseMerge.absorbed_id == absorbed.id, CaseMerge.undone_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound(MERGE_NOT_FOUND)
    return found


@once_a_page
def merges_into(target: Proposal) -> list[CaseMerge]:
    """Merges in force into a case, oldest first (統合した提案)."""
    return list(
        db.session.scalars(
            select(CaseMerge)
            .where(CaseMerge.target_id == target.id, CaseMerge.undone_at.is_(None))
            .order_by(CaseMerge.id)
        )
    )


@once_a_page
def standing_splits(original: Proposal) -> list[CaseSplit]:
    """Splits of a case in force, oldest first (分割)."""
    return list(
        db.session.scalars(
            select(CaseSplit)
            .where(CaseSplit.original_id == original.id, CaseSplit.undone_at.is_(None))
            .order_by(CaseSplit.id)
        )
    )


def latest_split(original: Proposal) -> CaseSplit:
    """Return the latest split of a case in force (分割). Raises NotFound."""
    found = standing_splits(original)
    if not found:
        raise NotFound(SPLIT_NOT_FOUND)
    return found[-1]


@once_a_page
def original_of(part: Proposal) -> Proposal | None:
    """The case a part was split off (分割元), None for a case that is no part."""
    return db.session.scalars(
        select(Proposal)
        .join(CaseSplit, CaseSplit.original_id == Proposal.id)
        .join(SplitPart, SplitPart.split_id == CaseSplit.id)
        .where(SplitPart.proposal_id == part.id)
    ).one_or_none()


@once_a_page
def duplicates_of(proposal: Proposal, reader: User) -> list[DuplicateMark]:
    """Marks in force that name a case on either side, the other side visible (重複)."""
    other = aliased(Proposal)
    visible = select(Proposal.id).where(visible_to(reader))
    return list(
        db.session.scalars(
            select(DuplicateMark)
            .join(other, _is_other(proposal, other.id))
            .where(DuplicateMark.undone_at.is_(None), other.id.in_(visible))
            .order_by(DuplicateMark.id)
        )
    )


def get_mark(proposal: Proposal, mark_id: int, reader: User) -> DuplicateMark:
    """Return the mark in force with this id on a case (重複の印). Raises NotFound."""
    for mark in duplicates_of(proposal, reader):
        if mark.id == mark_id:
            return mark
    raise NotFound(MARK_NOT_FOUND)


def _is_other(proposal: Proposal, other_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return or_(
        (DuplicateMark.proposal_id == proposal.id) & (DuplicateMark.duplicate_of_id == other_id),
        (DuplicateMark.duplicate_of_id == proposal.id) & (DuplicateMark.proposal_id == other_id),
    )


def is_told_closed() -> ColumnElement[bool]:
    """Condition for the cases that went into one whose result was told (結果通知済み)."""
    into = aliased(Proposal)
    return exists().where(into.id == Proposal.merged_into_id, into.state == State.CLOSED)


def is_rejoined() -> ColumnElement[bool]:
    """Condition for the parts that went back to their case (分割の取消し)."""
    into = aliased(Proposal)
    return exists().where(
        into.id == Proposal.merged_into_id,
        into.branch_number == 1,
        into.receipt_sequence == Proposal.receipt_sequence,
        into.round_id == Proposal.round_id,
    )


def is_visible(proposal: Proposal, reader: User) -> bool:
    """Whether a reader may know of a case (閲覧範囲)."""
    found = select(Proposal.id).where(Proposal.id == proposal.id, visible_to(reader))
    return db.session.scalar(found) is not None


def named_cases(text: str, actor: User, *, field: str) -> list[Proposal]:
    """Cases whose receipt numbers a person typed, each once (受付番号の読取り).

    Raises InvalidInput at `field`, alike for a number that does not exist and one that the actor
    may not know of.
    """
    numbers = [number for number in _BETWEEN_NUMBERS.split(text.strip()) if number]
    if not numbers:
        raise InvalidInput({field: ["受付番号を入力してください（例：R6-0012）"]})
    if len(numbers) > MOST_NUMBERS:
        raise InvalidInput({field: [f"受付番号は一度に{MOST_NUMBERS}件までです"]})
    found: dict[int, Proposal] = {}
    unknown: list[str] = []
    for number in numbers:
        try:
            proposal = get_visible(actor, number)
        except NotFound:
            unknown.append(number)
        else:
            found[proposal.id] = proposal
    if unknown:
        listed = "、".join(unknown)
        raise InvalidInput(
            {field: [f"「{listed}」は見つかりません。受付番号を確かめてください（例：R6-0012）"]}
        )
    return list(found.values())


def in_id_order(cases: Sequence[Proposal]) -> list[Proposal]:
    """Cases in the order in which they are locked, so that two acts never wait for each other."""
    return sorted(cases, key=lambda row: row.id)
