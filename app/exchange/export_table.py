"""The proposals of a round as a table (提案ファイル): what is written is read back unchanged."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import Organization
from app.core import clock
from app.core.clock import to_jst
from app.core.tabular import Column, Table
from app.exchange.answers import MARK_SEPARATOR, Ministries, all_ministries, written
from app.exchange.columns import ExchangeColumn, Key, columns_of
from app.exchange.export_rows import ExportRows
from app.exchange.export_view import ExportView
from app.exchange.keys import round_words
from app.extensions import db
from app.proposals.content import answer_of, inner_fields
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.rounds.models import FieldKind, Round
from app.workflow.labels import PROPOSER_STATE_LABELS, STATE_LABELS
from app.workflow.states import State

LONG_WIDTH = 48
SHORT_WIDTH = 16
NOTES = (
    "この表は「表・様式の取込み」でそのまま取り込めます。受付番号と下書きIDは変えないでください。",
    "団体名、団体種別、状態、分類、対応方針、受付日、期限は、書き換えても取り込みません。",
)
PRACTICE_NOTE = "練習用の募集回の提案です。審査も集計もしません。"


def export_table(round_: Round, view: ExportView) -> Table:
    """Table of the proposals that a view shows (提案ファイル), in the order of receipt.

    Its rows are read when somebody goes through them, some hundred at a time.
    """
    columns = _shown_columns(round_, view)
    ministries = all_ministries()

    def written_rows(proposals: Sequence[Proposal]) -> list[dict[str, object]]:
        partners = _partner_codes([proposal.id for proposal in proposals])
        return [
            _row(proposal, columns, view, ministries, partners[proposal.id])
            for proposal in proposals
        ]

    return Table(
        title=f"提案　{round_.label}　{view.owner}",
        columns=[_column(column) for column in columns],
        rows=ExportRows(view.proposals, written_rows),
        notes=(PRACTICE_NOTE, *NOTES) if round_.is_practice else NOTES,
    )


def _shown_columns(round_: Round, view: ExportView) -> list[ExchangeColumn]:
    hidden = set() if view.with_contact else {field.name for field in inner_fields(round_)}
    if view.is_inner:
        hidden.add(Key.DRAFT_ID.value)
    return [column for column in columns_of(round_) if column.name not in hidden]


def _column(column: ExchangeColumn) -> Column:
    is_long = column.field is not None and column.field.kind is FieldKind.LONG_TEXT
    is_date = column.name in (Key.RECEIVED_ON, Key.DUE_ON)
    return Column(
        column.name,
        column.label,
        kind="date" if is_date else "text",
        width=LONG_WIDTH if is_long else SHORT_WIDTH,
    )


def _partner_codes(ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Codes of the partners that accepted, by proposal (共同提案団体コード)."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(CoProposer.proposal_id, Organization.code)
        .join(CoProposer.organization)
        .where(
            CoProposer.proposal_id.in_(ids),
            CoProposer.answer == PartnerAnswer.ACCEPTED,
            CoProposer.removed_at.is_(None),
        )
        .order_by(Organization.code)
    )
    for proposal_id, code in rows:
        found[proposal_id].append(code or "")
    return found


def _row(
    proposal: Proposal,
    columns: Sequence[ExchangeColumn],
    view: ExportView,
    ministries: Ministries,
    partner_codes: Sequence[str],
) -> dict[str, object]:
    keys = _key_cells(proposal, view, partner_codes)
    cells: dict[str, object] = {}
    for column in columns:
        if column.field is None:
            cells[column.name] = keys[Key(column.name)]
        else:
            answer = answer_of(proposal, column.name)
            cells[column.name] = written(column.field, answer, ministries)
    return cells


def _key_cells(
    proposal: Proposal, view: ExportView, partner_codes: Sequence[str]
) -> dict[Key, object]:
    submitted_at = proposal.submitted_at
    received_on = to_jst(submitted_at).date() if submitted_at else None
    org_type = proposal.organization.type_on(received_on or clock.today())
    is_told = view.is_inner or proposal.state is State.CLOSED
    category = proposal.category if is_told else None
    is_due_told = view.is_inner or proposal.state is State.RETURNED
    labels = STATE_LABELS if view.is_inner else PROPOSER_STATE_LABELS
    return {
        Key.RECEIPT_NUMBER: proposal.receipt_number or "",
        Key.ORGANIZATION_CODE: proposal.organization.code or "",
        Key.ORGANIZATION_NAME: proposal.organization.name,
        Key.ORG_TYPE: ORG_TYPE_LABELS[org_type] if org_type else "",
        Key.PARTNER_CODES: MARK_SEPARATOR.join(partner_codes),
        Key.STATE: labels[proposal.state],
        Key.CATEGORY: category.code if category else "",
        Key.RESPONSE_POLICY: category.response_policy if category else "",
        Key.RECEIVED_ON: received_on,
        Key.DUE_ON: proposal.due_on if is_due_told else None,
        Key.ROUND: round_words(proposal.round),
        Key.DRAFT_ID: "" if proposal.receipt_number else str(proposal.id),
    }
