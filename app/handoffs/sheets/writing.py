"""The sheet of replies as a workbook (回答の表の作成): locked but for the cells of the answers."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from app.accounts.models import User
from app.core import clock
from app.core.eras import format_date
from app.core.tabular.data import starts_formula
from app.core.tabular.workbook import new_workbook
from app.handoffs.desk_policy import can_write
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import sent_replies
from app.handoffs.received import current_replies, received
from app.handoffs.reply_rules import TEXT_LIMIT
from app.handoffs.sheets.columns import (
    ANSWER,
    COLUMNS,
    ID,
    KIND,
    MARK,
    PLANNED_ON,
    REFERENCE,
    ROUND,
    SHEET,
    TEXT,
    VERSION,
    answer_of,
    mark_of,
    origin_of,
)
from app.proposals.content import shown_fields
from app.proposals.models import Proposal
from app.rounds.models import FieldAudience, Round
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    REPLY_KIND_LABELS,
    HandoffPurpose,
    HandoffState,
    ReplyStatus,
)
from app.workflow.states import State

NOTES = (
    "白いセル（回答の種別、回答、予定日）だけに書き込めます。列と行は消さないでください。",
    "回答は1,000文字まで。予定日は「令和7年3月31日」「R7.3.31」「2025-03-31」のように書きます。",
    "書き終えたら保存し、「Excelで回答する」の画面で送ってください。そこで確かめるまで、何も保存されません。",
)
_A4 = 9
_FONT = {"font_name": "Yu Gothic", "valign": "top", "text_wrap": True, "num_format": "@"}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 14, "font_name": "Yu Gothic"},
    "note": {"font_size": 10, "font_name": "Yu Gothic"},
    "heading": {**_FONT, "bold": True, "border": 1, "bg_color": "#E6E6E6"},
    "fixed": {**_FONT, "border": 1, "bg_color": "#F2F2F2"},
    "fixed_guarded": {**_FONT, "border": 1, "bg_color": "#F2F2F2", "quote_prefix": True},
    "answer": {**_FONT, "border": 1, "locked": False},
    "answer_guarded": {**_FONT, "border": 1, "locked": False, "quote_prefix": True},
}


def sheet_handoffs(actor: User, chosen: Round | None) -> list[Handoff]:
    """Hand-offs whose reply the actor can write now (回答を書ける送付), the next due first."""
    rows = [row for row in received(actor, chosen) if _awaits_reply(row) and can_write(actor, row)]
    replies = current_replies(rows)
    return [row for row in rows if _is_draft(replies.get(row.id))]


def reply_sheet(handoffs: Sequence[Handoff], key: bytes) -> bytes:
    """Make the sheet of hand-offs as an xlsx file (回答の表). `key` seals the rows."""
    buffer = io.BytesIO()
    title = "回答の表"
    with new_workbook(buffer, title=title, produced_at=clock.now()) as workbook:
        looks = {name: workbook.add_format(dict(look)) for name, look in _LOOKS.items()}
        sheet = workbook.add_worksheet(SHEET)
        sheet.write_string(0, 0, title, looks["title"])
        for row, note in enumerate(NOTES, start=1):
            sheet.write_string(row, 0, note, looks["note"])
        head = len(NOTES) + 2
        for position, column in enumerate(COLUMNS):
            sheet.set_column(position, position, column.width)
            sheet.write_string(head, position, column.label, looks["heading"])
        for row, cells in enumerate(_rows(handoffs, key), start=head + 1):
            _write_row(sheet, row, cells, looks)
        _lay_out(sheet, head, len(handoffs))
    return buffer.getvalue()


def _awaits_reply(handoff: Handoff) -> bool:
    return (
        handoff.purpose is HandoffPurpose.REQUEST
        and handoff.state is HandoffState.ACKNOWLEDGED
        and handoff.proposal.state is State.CLASSIFIED
    )


def _is_draft(reply: Reply | None) -> bool:
    return reply is None or reply.status is ReplyStatus.DRAFT


def _rows(handoffs: Sequence[Handoff], key: bytes) -> list[dict[str, str]]:
    replies = current_replies(handoffs)
    # What a reply is written anew from (再検討): as on the screen, the one of the round before.
    ids = {row.id for row in handoffs}
    last = {
        reply.handoff_id: reply
        for reply in sent_replies(row.proposal_id for row in handoffs)
        if reply.handoff_id in ids
    }
    return [_cells(row, replies.get(row.id), last.get(row.id), key) for row in handoffs]


def _cells(handoff: Handoff, reply: Reply | None, last: Reply | None, key: bytes) -> dict[str, str]:
    origin = origin_of(handoff, reply)
    answer = answer_of(reply or last)
    proposal = handoff.proposal
    shared = _shared(proposal)
    return {
        ID: str(handoff.id),
        REFERENCE: proposal.reference,
        "title": proposal.title,
        "detail": shared.get("detail", ""),
        "measure": shared.get("requested_measure", ""),
        "request": handoff.request_text,
        "part": HANDOFF_PART_LABELS[handoff.part],
        "due_on": format_date(handoff.due_on) if handoff.due_on else "",
        **answer.words,
        ROUND: str(origin.round_number),
        VERSION: str(origin.version),
        MARK: mark_of(key, origin, answer),
    }


def _shared(proposal: Proposal) -> dict[str, str]:
    """Long texts of the case that a ministry reads (公表できる項目)."""
    return {
        field.name: str(getattr(proposal, field.name))
        for field in shown_fields(proposal)
        if field.name in ("detail", "requested_measure") and field.audience is FieldAudience.SHARED
    }


def _write_row(sheet: Any, row: int, cells: Mapping[str, str], looks: Mapping[str, Any]) -> None:
    for position, column in enumerate(COLUMNS):
        text = cells[column.name]
        look = "answer" if column.name in ANSWER else "fixed"
        look += "_guarded" if starts_formula(text) else ""
        sheet.write_string(row, position, text, looks[look])


def _lay_out(sheet: Any, head: int, count: int) -> None:
    positions = {column.name: position for position, column in enumerate(COLUMNS)}
    if count:
        first, last = head + 1, head + count
        for name, guide in _VALIDATIONS.items():
            sheet.data_validation(first, positions[name], last, positions[name], dict(guide))
    # Column marks of no use to a reader are narrow, never hidden: what is hidden gets lost.
    sheet.freeze_panes(head + 1, 3)
    sheet.protect("", {"format_rows": True, "format_columns": True, "autofilter": True})
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer("&C&P / &N")


_VALIDATIONS: Mapping[str, Mapping[str, object]] = {
    KIND: {
        "validate": "list",
        "source": list(REPLY_KIND_LABELS.values()),
        "error_title": "種別にない値です",
        "error_message": "一覧から選んでください。",
    },
    TEXT: {
        "validate": "length",
        "criteria": "<=",
        "value": TEXT_LIMIT,
        # Excel counts line breaks and parts of letters, too: it warns, and the system counts.
        "error_type": "warning",
        "error_title": "文字数が上限を超えています",
        "error_message": f"{TEXT_LIMIT:,}文字以内で書いてください。",
    },
    PLANNED_ON: {
        "validate": "any",
        "input_title": "予定日",
        "input_message": "例：令和7年3月31日。「対応する」「検討する」では必ず書きます。",
    },
}
