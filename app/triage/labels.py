"""Reading labels (ラベル): of one case, of a list, and what they are called."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from app.accounts.models import User
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.triage.guide import FIRST_QUESTIONS
from app.triage.models import LabelKind, ProposalLabel, Theme

MARKS = {question.key: question.mark for question in FIRST_QUESTIONS}
KIND_ORDER = tuple(LabelKind)


@once_a_page
def labels_of(proposal: Proposal) -> list[ProposalLabel]:
    """Labels of a case: other hits, viewpoints, themes, each in a fixed order (ラベル)."""
    rows = db.session.scalars(select(ProposalLabel).where(ProposalLabel.proposal_id == proposal.id))
    return sorted(rows, key=lambda row: (KIND_ORDER.index(row.kind), label_words(row)))


def label_words(label: ProposalLabel) -> str:
    """A label as it is shown (ラベルの言葉): 「Cにも該当」「視点ⅱ」「テーマ：子育て」."""
    return words_of(label.kind, label.value)


def words_of(kind: LabelKind, value: str) -> str:
    """A kind of label with its value, in words (ラベルの言葉)."""
    if kind is LabelKind.ALSO_MET:
        return f"{MARKS.get(value, value)}にも該当"
    if kind is LabelKind.VIEWPOINT:
        return f"視点{VIEWPOINT_MARKS.get(value, value)}"
    return f"テーマ：{value}"


def themes() -> list[Theme]:
    """Every theme of the list, in its order, those out of use too (テーマの一覧)."""
    return list(db.session.scalars(select(Theme).order_by(Theme.position, Theme.name)))


def label_options(actor: User, round_: Round) -> dict[str, str]:
    """Labels of the cases of a round the actor may know of, with their words (ラベルの選択肢)."""
    rows = db.session.execute(
        select(ProposalLabel.kind, ProposalLabel.value)
        .join(Proposal, Proposal.id == ProposalLabel.proposal_id)
        .where(Proposal.round_id == round_.id, visible_to(actor))
        .distinct()
    )
    found = sorted(rows, key=lambda row: (KIND_ORDER.index(row.kind), row.value))
    return {f"{row.kind.value}:{row.value}": words_of(row.kind, row.value) for row in found}


def has_label(option: str) -> ColumnElement[bool]:
    """Condition: the case carries this label, as `label_options` names it (ラベルの絞り込み)."""
    kind, _, value = option.partition(":")
    carried = select(ProposalLabel.proposal_id).where(
        ProposalLabel.kind == LabelKind(kind), ProposalLabel.value == value
    )
    return Proposal.id.in_(carried)


def labels_by_case(proposals: Sequence[Proposal]) -> dict[int, list[str]]:
    """Labels of each case in words, by proposal id, in one query (ラベル)."""
    found: dict[int, list[str]] = {proposal.id: [] for proposal in proposals}
    rows = db.session.execute(
        select(ProposalLabel.proposal_id, ProposalLabel.kind, ProposalLabel.value)
        .where(ProposalLabel.proposal_id.in_(found))
        .order_by(ProposalLabel.kind, ProposalLabel.value)
    )
    for proposal_id, kind, value in rows:
        found[proposal_id].append(words_of(kind, value))
    return found
