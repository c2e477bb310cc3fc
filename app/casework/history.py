"""The timeline of a case in words (履歴), as much of it as the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core.eras import format_date_short
from app.core.eras import parse_date as parse_day
from app.proposals.content import FIELD_LABELS
from app.proposals.models import Proposal
from app.proposals.queries import SECRETARIAT_ROLES
from app.workflow.labels import state_label

VERB_WORDS: dict[str, str] = {
    "proposal.draft": "下書きを作りました",
    "proposal.edit": "内容を直しました",
    "proposal.discard": "下書きを削除しました",
    "proposal.submit": "提出しました",
    "proposal.withdraw": "取り下げました",
    "proposal.return_for_correction": "団体へ差し戻しました",
    "proposal.accept": "受理しました",
    "proposal.assign": "担当を割り当てました",
    "proposal.assess": "仕分け意見を登録しました",
    "proposal.confirm": "仕分け意見を確認しました",
    "proposal.dispute": "異議を付けました",
    "proposal.hold": "ペンディングにしました",
    "proposal.resume": "仕分けを再開しました",
    "proposal.reclassify": "仕分け直しにしました",
    "proposal.close": "結果を知らせて終了しました",
    "proposal.reopen": "終了を取り消しました",
    "proposal.request_late": "期限後の提出を申し出ました",
    "proposal.late_accepted": "期限後の提出を受け付けると決めました",
    "proposal.late_refused": "期限後の提出を受け付けないと決めました",
}

# What the body sees of its own case: its own acts, and what the secretariat said to it.
BODY_VERBS = frozenset(
    {
        "proposal.draft",
        "proposal.edit",
        "proposal.submit",
        "proposal.withdraw",
        "proposal.return_for_correction",
        "proposal.accept",
        "proposal.close",
        "proposal.request_late",
        "proposal.late_accepted",
        "proposal.late_refused",
    }
)
OWN_VERBS = frozenset(
    {
        "proposal.draft",
        "proposal.edit",
        "proposal.submit",
        "proposal.withdraw",
        "proposal.request_late",
    }
)
# Reasons written for the body to read; all others stay with the secretariat.
REASONS_FOR_BODY = OWN_VERBS | {
    "proposal.return_for_correction",
    "proposal.late_accepted",
    "proposal.late_refused",
}
SECRETARIAT = "事務局"


class HistoryKind(StrEnum):
    """What an entry is about, for the filter of the timeline (履歴の種類)."""

    TEXT = "text"
    SUBMISSION = "submission"
    TRIAGE = "triage"
    OUTCOME = "outcome"


KIND_LABELS: dict[HistoryKind, str] = {
    HistoryKind.TEXT: "内容の入力",
    HistoryKind.SUBMISSION: "提出・補正・取下げ",
    HistoryKind.TRIAGE: "受理・仕分け",
    HistoryKind.OUTCOME: "結果",
}
_TEXT_VERBS = ("proposal.draft", "proposal.edit")
_TRIAGE_VERBS = (
    "proposal.accept",
    "proposal.assign",
    "proposal.assess",
    "proposal.confirm",
    "proposal.dispute",
    "proposal.hold",
    "proposal.resume",
    "proposal.reclassify",
)
KIND_OF_VERB: dict[str, HistoryKind] = {
    **dict.fromkeys(VERB_WORDS, HistoryKind.SUBMISSION),
    **dict.fromkeys(_TEXT_VERBS, HistoryKind.TEXT),
    **dict.fromkeys(_TRIAGE_VERBS, HistoryKind.TRIAGE),
    **dict.fromkeys(("proposal.close", "proposal.reopen"), HistoryKind.OUTCOME),
}


class HistoryLine(NamedTuple):
    """One line of a timeline: instant, who, what, and the change in words."""

    when: datetime
    who: str
    verb: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One line of the full timeline (履歴の項目); `number` counts from the oldest and stays."""

    number: int
    kind: HistoryKind
    line: HistoryLine


def history_entries(
    events: Sequence[AuditEvent], *, proposal: Proposal, reader: User
) -> list[HistoryEntry]:
    """Number the entries a reader may see, given and returned newest first (履歴).

    The numbers count what this reader sees, so that they tell nothing of what it does not.
    """
    seen = [event for event in events if _may_read(event, reader)]
    lines = history_lines(seen, proposal=proposal, reader=reader)
    return [
        HistoryEntry(number=number, kind=KIND_OF_VERB.get(event.verb, HistoryKind.TEXT), line=line)
        for number, event, line in zip(range(len(seen), 0, -1), seen, lines, strict=True)
    ]


def _may_read(event: AuditEvent, reader: User) -> bool:
    return reader.has_role(*SECRETARIAT_ROLES) or event.verb in BODY_VERBS


def history_lines(
    events: Sequence[AuditEvent], *, proposal: Proposal, reader: User
) -> list[HistoryLine]:
    """Put entries into words for a reader (履歴), in the order given.

    The body reads no inner steps, no internal reasons and no name of an officer.
    """
    if reader.has_role(*SECRETARIAT_ROLES):
        return [_line(event, _full_detail(event)) for event in events]
    return [
        _line(event, _body_detail(event), hide_officer=event.verb not in OWN_VERBS)
        for event in events
        if _may_read(event, reader)
    ]


def _line(event: AuditEvent, detail: str, *, hide_officer: bool = False) -> HistoryLine:
    return HistoryLine(
        when=event.occurred_at,
        who=SECRETARIAT if hide_officer else event.actor_label,
        verb=VERB_WORDS.get(event.verb, event.verb),
        detail=detail,
    )


def _full_detail(event: AuditEvent) -> str:
    parts: list[str] = []
    if event.from_state and event.to_state:
        parts.append(f"{_state_words(event, first=True)} → {_state_words(event)}")
    parts += _change_words(event)
    if event.reason:
        parts.append(event.reason)
    return "。".join(part.rstrip("。") for part in parts) + ("。" if parts else "")


def _body_detail(event: AuditEvent) -> str:
    parts = _field_words(event)
    if event.verb == "proposal.submit" and "receipt_number" in event.changes:
        parts.append(f"受付番号 {event.changes['receipt_number']}")
    if event.verb in REASONS_FOR_BODY and event.reason:
        parts.append(event.reason)
    if event.verb == "proposal.return_for_correction" and "due_on" in event.changes:
        parts.append(f"補正の期限 {_day_words(event.changes['due_on'])}")
    return "。".join(part.rstrip("。") for part in parts) + ("。" if parts else "")


def _state_words(event: AuditEvent, *, first: bool = False) -> str:
    name = (event.from_state if first else event.to_state) or ""
    return state_label(name)


def _change_words(event: AuditEvent) -> list[str]:
    changes = event.changes
    words = _field_words(event)
    if "receipt_number" in changes:
        words.append(f"受付番号 {changes['receipt_number']}")
    if "reviewers" in changes:
        words.append(f"担当 {'、'.join(changes['reviewers'])}")
    if "category" in changes:
        words.append(f"分類 {changes['category']}")
    if "other_category" in changes:
        words.append(f"異議の分類 {changes['other_category']}")
    if changes.get("provisional_category"):
        words.append(f"暫定の分類 {changes['provisional_category']}")
    if changes.get("former_category"):
        words.append(f"前の分類 {changes['former_category']}")
    if "due_on" in changes:
        words.append(f"期限 {_day_words(changes['due_on'])}")
    return words


def _field_words(event: AuditEvent) -> list[str]:
    names = event.changes.get("fields", [])
    if not names:
        return []
    return ["項目 " + "、".join(FIELD_LABELS.get(name, name) for name in names)]


def _day_words(iso_day: str) -> str:
    return format_date_short(parse_day(iso_day))
