"""What of a reply is handed over (回答の授受): its text and files, by their hashes."""

from typing import Any

from app.handoffs.models import Reply
from app.transfers.parts import file_parts, text_part


def reply_parts(reply: Reply) -> list[dict[str, Any]]:
    """The parts of a reply (回答の内容), the same when it is sent and when it is released."""
    label = f"{reply.handoff.destination.name}の回答（{reply.round_number}回目）"
    planned_on = reply.planned_on.isoformat() if reply.planned_on else ""
    text = text_part(
        f"{label}の本文", reply.kind.value if reply.kind else "", reply.text, planned_on
    )
    return [text, *file_parts(f"{label}の添付", [row.stored_file for row in reply.files])]
