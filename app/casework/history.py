"""The timeline of a case in words (履歴), as much of it as the reader may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts.models import User
from app.accounts.queries import names_at_hand
from app.audit.actors import with_names
from app.audit.models import AuditEvent
from app.audit.queries import names_in
from app.casework.handoff_verbs import MINISTRY_INNER_VERBS
from app.casework.verbs import (
    BODY_VERBS,
    CORRECTION_DATE_VERBS,
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
from app.extensions import db
from app.proposals.correction_targets import target_label
from app.proposals.models import Proposal
from app.proposals.policy import is_own
from app.proposals.queries import SECRETARIAT_ROLES, proposals_visible_to
from app.rounds.models import Round
from app.triage.blindness import hidden_opinion_ids
from app.workflow.handoffs import HANDOFF_PART_LABELS, HandoffPart
from app.workflow.labels import state_label

SECRETARIAT = "事務局"
HIDDEN_OPINION = "内容は、自分の意見を登録した後に読めます（独立した2人目）。"
# Names the other case of a merge, split or duplicate, by its number.
OTHER_CASE = "other_case"
# What an entry may carry besides, in words: one value, or a list of them.
CHANGE_LABELS = {
    "receipt_number": "受付番号",
    "reviewer": "外れた人",
    "reviewers": "担当",
    "category": "分類",
    "other_category": "異議の分類",
    "provisional_category": "暫定の分類",
    "former_category": "前の分類",
    "pending_owner": "持ち主",
    "themes": "テーマ",
    "candidate": "対象候補",
    "destination": "送付先",
    "former_destination": "前の主管",
}
# Lists of fields that an entry may carry; hidden answers are cleared by the submission.
FIELD_CHANGES = {"fields": "項目", "cleared": "表示していないため消した項目"}

# Dates that an entry may carry, in words (期限).
DATE_CHANGES = {
    "former_due_on": "元の期限",
    "wanted_on": "申請の期限",
    "due_on": "期限",
    "handoff_due_on": "府省庁の期限",
    "became_overdue_on": "過ぎた日",
}

# What an entry says besides, with the names of today for the people in it.
Changes = Mapping[str, Any]


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
        return event.verb not in (SIGN_OFF_VERBS | MINISTRY_INNER_VERBS)
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
        seen = _readable_numbers(read, reader)
        hidden = hidden_opinion_ids(reader, proposal)
        names = names_in(read, names_at_hand())
        return [
            _inner_line(event, with_names(event.changes, names), proposal.round, seen, hidden)
            for event in read
        ]
    if not is_own(reader, proposal):
        return [_partner_line(event, proposal) for event in read]
    return [
        _line(
            event,
            _body_detail(event, proposal.round),
            SECRETARIAT if event.verb not in OWN_VERBS else event.actor_words,
        )
        for event in read
    ]


def _inner_line(
    event: AuditEvent,
    changes: Changes,
    round_: Round,
    seen: frozenset[str],
    hidden: Collection[int],
) -> HistoryLine:
    """Line for the secretariat; of an opinion not to be read yet, only that it was given."""
    who = _actor_words(event, changes)
    if hidden and changes.get("assessment_id") in hidden:
        return _line(event, HIDDEN_OPINION, who)
    left_out = {"provisional_category"} if hidden else set()
    told = {name: value for name, value in changes.items() if name not in left_out}
    return _line(event, _full_detail(event, told, round_, seen), who)


def _partner_line(event: AuditEvent, proposal: Proposal) -> HistoryLine:
    return HistoryLine(
        when=event.occurred_at,
        who=proposal.organization.name if event.verb in OWN_VERBS else SECRETARIAT,
        verb=VERB_WORDS[event.verb],
        detail="",
    )


def _line(event: AuditEvent, detail: str, who: str) -> HistoryLine:
    return HistoryLine(
        when=event.occurred_at,
        who=who,
        verb=VERB_WORDS.get(event.verb, event.verb),
        detail=detail,
    )


def _actor_words(event: AuditEvent, changes: Changes) -> str:
    """Who acted; a deputy with the person stood in for: 「事務局 B（A代理）」 (代理)."""
    person = changes.get("acting_for")
    return f"{event.actor_words}（{person}代理）" if person else event.actor_words


def _readable_numbers(events: Sequence[AuditEvent], reader: User) -> frozenset[str]:
    """Numbers of other cases in the entries that the reader may know of (利益相反を除く)."""
    named = {event.changes[OTHER_CASE] for event in events if OTHER_CASE in event.changes}
    numbers = {number for words in named for number in words.split("、")}
    if not numbers:
        return frozenset()
    visible = proposals_visible_to(reader).where(Proposal.receipt_number.in_(numbers))
    return frozenset(row.reference for row in db.session.scalars(visible))


def _other_words(event: AuditEvent, seen: frozenset[str]) -> list[str]:
    if OTHER_CASE not in event.changes:
        return []
    numbers = event.changes[OTHER_CASE].split("、")
    shown = [number for number in numbers if number in seen]
    return [f"提案 {'、'.join(shown)}"] if shown else []


def _full_detail(event: AuditEvent, changes: Changes, round_: Round, seen: frozenset[str]) -> str:
    parts: list[str] = []
    if event.from_state and event.to_state:
        parts.append(f"{_state_words(event, first=True)} → {_state_words(event)}")
    parts += [*_other_words(event, seen), *_change_words(event, changes, round_)]
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
    if event.verb in CORRECTION_DATE_VERBS:
        parts += _date_words(event)
    return "。".join(part.rstrip("。") for part in parts) + ("。" if parts else "")


def _state_words(event: AuditEvent, *, first: bool = False) -> str:
    name = (event.from_state if first else event.to_state) or ""
    return state_label(name)


def _change_words(event: AuditEvent, changes: Changes, round_: Round) -> list[str]:
    words = [*_field_words(event, round_), *_partner_words(event)]
    for name, label in CHANGE_LABELS.items():
        value = changes.get(name)
        if value:
            words.append(f"{label} {'、'.join(value) if isinstance(value, list) else value}")
    if "handoff_id" in changes and "part" in changes:
        words.append(f"立場 {HANDOFF_PART_LABELS[HandoffPart(changes['part'])]}")
    if "second_assessment_id" in changes:
        words.append("独立した2人の意見")
    return [*words, *_date_words(event)]


def _date_words(event: AuditEvent) -> list[str]:
    """Dates an entry carries (期限): the one before, the one asked for, the one in force."""
    return [
        f"{label} {_day_words(event.changes[name])}"
        for name, label in DATE_CHANGES.items()
        if name in event.changes
    ]


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
