"""The timeline of a case in words (履歴), as much of it as the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.casework.verbs import (
    BODY_VERBS,
    KIND_OF_VERB,
    OWN_VERBS,
    PARTNER_VERBS,
    REASONS_FOR_BODY,
    SIGN_OFF_VERBS,
    VERB_WORDS,
    HistoryKind,
)
from app.core.eras import format_date_short
from app.core.eras import parse_date as parse_day
from app.proposals.correction_targets import target_label
from app.proposals.models import Proposal
from app.proposals.policy import is_own
from app.proposals.queries import SECRETARIAT_ROLES
from app.rounds.models import Round
from app.workflow.labels import state_label

SECRETARIAT = "事務局"
# Lists of fields that an entry may carry; hidden answers are cleared by the submission.
FIELD_CHANGES = {"fields": "項目", "cleared": "表示していないため消した項目"}


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
    seen = [event for event in events if _may_read(event, proposal, reader)]
    lines = history_lines(seen, proposal=proposal, reader=reader)
    return [
        HistoryEntry(number=number, kind=KIND_OF_VERB.get(event.verb, HistoryKind.TEXT), line=line)
        for number, event, line in zip(range(len(seen), 0, -1), seen, lines, strict=True)
    ]


def _may_read(event: AuditEvent, proposal: Proposal, reader: User) -> bool:
    if reader.has_role(*SECRETARIAT_ROLES):
        return event.verb not in SIGN_OFF_VERBS
    return event.verb in (BODY_VERBS if is_own(reader, proposal) else PARTNER_VERBS)


def history_lines(
    events: Sequence[AuditEvent], *, proposal: Proposal, reader: User
) -> list[HistoryLine]:
    """Put entries into words for a reader (履歴), in the order given.

    The body reads no inner steps, no internal reasons and no name of an officer; a partner
    (共同提案団体) the course of the case only.
    """
    read = [event for event in events if _may_read(event, proposal, reader)]
    if reader.has_role(*SECRETARIAT_ROLES):
        return [_line(event, _full_detail(event, proposal.round)) for event in read]
    if not is_own(reader, proposal):
        return [_partner_line(event, proposal) for event in read]
    return [
        _line(
            event,
            _body_detail(event, proposal.round),
            hide_officer=event.verb not in OWN_VERBS,
        )
        for event in read
    ]


def _partner_line(event: AuditEvent, proposal: Proposal) -> HistoryLine:
    return HistoryLine(
        when=event.occurred_at,
        who=proposal.organization.name if event.verb in OWN_VERBS else SECRETARIAT,
        verb=VERB_WORDS[event.verb],
        detail="",
    )


def _line(event: AuditEvent, detail: str, *, hide_officer: bool = False) -> HistoryLine:
    return HistoryLine(
        when=event.occurred_at,
        who=SECRETARIAT if hide_officer else event.actor_label,
        verb=VERB_WORDS.get(event.verb, event.verb),
        detail=detail,
    )


def _full_detail(event: AuditEvent, round_: Round) -> str:
    parts: list[str] = []
    if event.from_state and event.to_state:
        parts.append(f"{_state_words(event, first=True)} → {_state_words(event)}")
    parts += _change_words(event, round_)
    if event.reason:
        parts.append(event.reason)
    return "。".join(part.rstrip("。") for part in parts) + ("。" if parts else "")


def _body_detail(event: AuditEvent, round_: Round) -> str:
    parts = [*_field_words(event, round_), *_partner_words(event)]
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


def _change_words(event: AuditEvent, round_: Round) -> list[str]:
    changes = event.changes
    words = [*_field_words(event, round_), *_partner_words(event)]
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


def _field_words(event: AuditEvent, round_: Round) -> list[str]:
    """Which fields an entry is about, by the form of the round (項目)."""
    return [
        f"{words} {'、'.join(target_label(round_, name) for name in event.changes[key])}"
        for key, words in FIELD_CHANGES.items()
        if event.changes.get(key)
    ]


def _partner_words(event: AuditEvent) -> list[str]:
    return [f"団体 {event.changes['partner']}"] if "partner" in event.changes else []


def _day_words(iso_day: str) -> str:
    return format_date_short(parse_day(iso_day))
