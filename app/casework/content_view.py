"""What stands in a proposal, for reading (提案の内容): fields, changes, corrections, outcome."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts.models import Organization, Role, User
from app.casework.case_list import type_on_submission
from app.core.eras import format_datetime
from app.extensions import db
from app.proposals.content import FIELD_LABELS, VIEWPOINT_LABELS
from app.proposals.models import CorrectionRequest, Proposal, ProposalRevision
from app.proposals.policy import is_own
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import corrections_of, late_submissions_of, revisions_of
from app.workflow.states import State

PARAGRAPH_END = re.compile(r"\n[ \u3000]*\n\s*")
LONG_FIELDS = ("detail", "requested_measure", "hardship_case", "effect", "adoption_status")
CONTACT_FIELDS = ("contact_department", "contact_email")
ORG_TYPE = "団体種別"
SECRETARIAT = "事務局"


class Item(NamedTuple):
    """One field with its text in paragraphs (項目); none for an empty one."""

    label: str
    paragraphs: list[str]
    is_long: bool


class Change(NamedTuple):
    """A field that was changed since the first submission, and what stood there (訂正前)."""

    label: str
    before: list[str]


class CorrectionView(NamedTuple):
    """One return to the body: who asked, when, for what, and whether it was answered (差戻し)."""

    requested_at: datetime
    requested_by: str
    wishes: list[tuple[str, str]]
    answered_at: datetime | None


class Outcome(NamedTuple):
    """Result of a case (結果): category, response policy, words for the body."""

    code: str
    label: str
    response_policy: str
    paragraphs: list[str]


@dataclass(frozen=True, kw_only=True)
class ContentView:
    """Everything of a proposal that a reader may read (提案の内容)."""

    items: list[Item]
    contact: list[Item]
    note: str
    changes: list[Change]
    corrections: list[CorrectionView]
    outcome: Outcome | None


def content_view(proposal: Proposal, reader: User) -> ContentView:
    """Put the content of a proposal together for a reader (提案の内容)."""
    revisions = revisions_of(proposal)
    sees_contact = may_see_contact(reader, proposal)
    changes = _changes(proposal, revisions, sees_contact=sees_contact)
    return ContentView(
        items=items_of(proposal),
        contact=_contact(proposal) if sees_contact else [],
        note=_note(revisions, changes),
        changes=changes,
        corrections=[_correction(row, reader) for row in corrections_of(proposal)],
        outcome=outcome_of(proposal, reader),
    )


def may_see_contact(reader: User, proposal: Proposal) -> bool:
    """Whether the reader may see whom to call at the body (連絡先)."""
    is_of_body = reader.has_role(Role.PROPOSER, Role.PROPOSER_MANAGER) and is_own(reader, proposal)
    return is_of_body or reader.has_role(Role.OFFICER, Role.LEAD, Role.AUDITOR)


def items_of(proposal: Proposal) -> list[Item]:
    """Fields of a proposal without the contact, in the order of the form (項目)."""
    viewpoints = "\n".join(
        label for name, label in VIEWPOINT_LABELS.items() if getattr(proposal, name)
    )
    texts = {
        name: getattr(proposal, name)
        for name in FIELD_LABELS
        if name not in (*VIEWPOINT_LABELS, *CONTACT_FIELDS, "ministry_id")
    }
    found = {name: _item(name, text) for name, text in texts.items()}
    ministry = proposal.ministry.name if proposal.ministry else ""
    return [
        *[found[name] for name in ("title", "detail", "requested_measure")],
        *[found[name] for name in ("hardship_case", "effect", "legal_basis")],
        Item(FIELD_LABELS["ministry_id"], paragraphs(ministry), is_long=False),
        Item("視点", paragraphs(viewpoints), is_long=False),
        found["adoption_status"],
        found["bunken_control_number"],
        Item(ORG_TYPE, paragraphs(type_on_submission(proposal)), is_long=False),
        Item("提出", paragraphs(_submission_words(proposal)), is_long=False),
    ]


def sheet_items(items: list[Item]) -> list[Item]:
    """Fields of the sheet (個票の項目): no empty ones, no title and type, which stand above."""
    above = (FIELD_LABELS["title"], ORG_TYPE)
    return [item for item in items if item.paragraphs and item.label not in above]


def paragraphs(text: str) -> list[str]:
    """Split a text at its blank lines (段落); single line breaks stay the writer's."""
    return [part for part in PARAGRAPH_END.split(text.strip()) if part]


def outcome_of(proposal: Proposal, reader: User) -> Outcome | None:
    """Result of a case (結果): the body reads it once the case is closed, not before."""
    category = proposal.category
    is_told = proposal.state is State.CLOSED
    if category is None or not (is_told or reads_as_secretariat(reader)):
        return None
    return Outcome(
        code=category.code,
        label=category.label,
        response_policy=category.response_policy,
        paragraphs=paragraphs(proposal.outcome_text) if is_told else [],
    )


def _item(name: str, text: str) -> Item:
    return Item(FIELD_LABELS[name], paragraphs(text), is_long=name in LONG_FIELDS)


def _contact(proposal: Proposal) -> list[Item]:
    return [_item(name, getattr(proposal, name)) for name in CONTACT_FIELDS]


def _submission_words(proposal: Proposal) -> str:
    if proposal.submitted_at is None:
        return ""
    words = f"{format_datetime(proposal.submitted_at)}　{proposal.round.label}の募集"
    if not proposal.is_late:
        return words
    reasons = [row.reason for row in late_submissions_of(proposal)[-1:]]
    return "\n".join([words, "期限後受付", *[f"遅れた理由：{reason}" for reason in reasons]])


def _changes(
    proposal: Proposal, revisions: list[ProposalRevision], *, sees_contact: bool
) -> list[Change]:
    if len(revisions) < 2:
        return []
    first, last = revisions[0].content, revisions[-1].content
    return [
        Change(label, paragraphs(_words(name, first)))
        for name, label in FIELD_LABELS.items()
        if first.get(name) != last.get(name) and (sees_contact or name not in CONTACT_FIELDS)
    ]


def _words(name: str, content: Mapping[str, Any]) -> str:
    value = content.get(name)
    if name == "ministry_id":
        ministry = db.session.get(Organization, value) if value is not None else None
        return ministry.name if ministry else ""
    if name in VIEWPOINT_LABELS:
        return "選択あり" if value else "選択なし"
    return str(value or "")


def _note(revisions: list[ProposalRevision], changes: list[Change]) -> str:
    if len(revisions) < 2:
        return "提出時のまま（訂正なし）"
    times = f"補正{len(revisions) - 1}回"
    if not changes:
        return f"{times}・最初の提出から内容の変更なし"
    return f"{times}・最初の提出から{len(changes)}項目を訂正"


def _correction(row: CorrectionRequest, reader: User) -> CorrectionView:
    is_inner = reads_as_secretariat(reader)
    return CorrectionView(
        requested_at=row.requested_at,
        requested_by=row.requested_by.label if is_inner else SECRETARIAT,
        wishes=[(FIELD_LABELS.get(item.field, item.field), item.reason) for item in row.items],
        answered_at=row.answered_at,
    )
