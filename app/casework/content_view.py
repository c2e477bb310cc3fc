"""What stands in a proposal, for reading (提案の内容): fields, changes, corrections, outcome."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, Role, User
from app.casework.case_list import type_on_submission
from app.core.eras import format_datetime
from app.extensions import db
from app.proposals.content import changed_fields, content_of, shown_fields, words_in
from app.proposals.correction_targets import target_label
from app.proposals.late_queries import late_submissions_of
from app.proposals.models import CorrectionRequest, Proposal, ProposalRevision
from app.proposals.pages.attachments import AttachmentList, attachment_list
from app.proposals.policy import is_own
from app.proposals.presentation import is_replied, reads_as_secretariat
from app.proposals.queries import corrections_of, revisions_of
from app.rounds.default_form import TITLE_FIELD
from app.rounds.models import FieldAudience, FieldKind
from app.workflow.states import State

PARAGRAPH_END = re.compile(r"\n[ \u3000]*\n\s*")
ORG_TYPE = "団体種別"
SECRETARIAT = "事務局"


class Item(NamedTuple):
    """One field with its text in paragraphs (項目); none for an empty one.

    `name` is that of the field of the form, empty for what the system adds.
    """

    label: str
    paragraphs: list[str]
    is_long: bool
    name: str = ""


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
    attachments: AttachmentList


def content_view(proposal: Proposal, reader: User) -> ContentView:
    """Put the content of a proposal together for a reader (提案の内容)."""
    revisions = revisions_of(proposal)
    sees_contact = may_see_contact(reader, proposal)
    changes = _changes(proposal, revisions, sees_contact=sees_contact)
    return ContentView(
        items=items_of(proposal),
        contact=_items(proposal, is_inner=True) if sees_contact else [],
        note=_note(revisions, changes),
        changes=changes,
        corrections=_corrections(proposal, reader),
        outcome=outcome_of(proposal, reader),
        attachments=attachment_list(proposal, reader),
    )


def may_see_contact(reader: User, proposal: Proposal) -> bool:
    """Whether the reader may see the inner fields, whom to call at the body above all (連絡先)."""
    is_of_body = reader.has_role(Role.PROPOSER, Role.PROPOSER_MANAGER) and is_own(reader, proposal)
    return is_of_body or reader.has_role(Role.OFFICER, Role.LEAD, Role.AUDITOR)


def items_of(proposal: Proposal) -> list[Item]:
    """Fields of a proposal without the inner ones, in the order of its round's form (項目)."""
    return [
        *_items(proposal, is_inner=False),
        Item(ORG_TYPE, paragraphs(type_on_submission(proposal)), is_long=False),
        Item("提出", paragraphs(_submission_words(proposal)), is_long=False),
    ]


def sheet_items(items: list[Item]) -> list[Item]:
    """Fields of the sheet (個票の項目): no empty ones, no title and type, which stand above."""
    return [
        item
        for item in items
        if item.paragraphs and item.name != TITLE_FIELD and item.label != ORG_TYPE
    ]


def paragraphs(text: str) -> list[str]:
    """Split a text at its blank lines (段落); single line breaks stay the writer's."""
    return [part for part in PARAGRAPH_END.split(text.strip()) if part]


def outcome_of(proposal: Proposal, reader: User) -> Outcome | None:
    """Result of a case (結果): the body reads it once the case is closed, not before.

    Class and policy it reads from the release of a reply on (回答の公開).

    A case that went into another one (統合) has the result of that one, once it is told.
    """
    target = proposal.merged_into
    if target is not None and not proposal.is_rejoined and target.state is State.CLOSED:
        return outcome_of(target, reader)
    category = proposal.category
    is_told = proposal.state is State.CLOSED
    is_read = is_told or is_replied(proposal) or reads_as_secretariat(reader)
    if category is None or not is_read:
        return None
    return Outcome(
        code=category.code,
        label=category.label,
        response_policy=category.response_policy,
        paragraphs=paragraphs(proposal.outcome_text) if is_told else [],
    )


def _items(proposal: Proposal, *, is_inner: bool) -> list[Item]:
    """Fields that are asked and read by all readers of the case, or those that are not (内部)."""
    content = content_of(proposal)
    return [
        Item(
            field.label,
            paragraphs(words_in(field, content)),
            is_long=field.kind is FieldKind.LONG_TEXT,
            name=field.name,
        )
        for field in shown_fields(proposal)
        if (field.audience is not FieldAudience.SHARED) is is_inner
    ]


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
        Change(field.label, paragraphs(words_in(field, first)))
        for field in changed_fields(proposal.round, first, last)
        if sees_contact or field.audience is FieldAudience.SHARED
    ]


def _note(revisions: list[ProposalRevision], changes: list[Change]) -> str:
    if len(revisions) < 2:
        return "提出時のまま（訂正なし）"
    times = _times_words(revisions[1:])
    if not changes:
        return f"{times}・最初の提出から内容の変更なし"
    return f"{times}・最初の提出から{len(changes)}項目を訂正"


def _times_words(later: Sequence[ProposalRevision]) -> str:
    """How often the text was changed after the first submission, by the body and by a split."""
    officers = (
        select(User.id)
        .join(User.organization)
        .where(
            User.id.in_({row.submitted_by_id for row in later}),
            Organization.kind == OrganizationKind.SECRETARIAT,
        )
    )
    by_office = set(db.session.scalars(officers))
    divided = sum(row.submitted_by_id in by_office for row in later)
    counted = (("補正", len(later) - divided), ("分割による変更", divided))
    return "・".join(f"{words}{number}回" for words, number in counted if number)


def _corrections(proposal: Proposal, reader: User) -> list[CorrectionView]:
    """Returns of a case (差戻し), for the body they were sent to and for the secretariat."""
    if not (reads_as_secretariat(reader) or is_own(reader, proposal)):
        return []
    return [correction_view(proposal, row, reader) for row in corrections_of(proposal)]


def correction_view(proposal: Proposal, row: CorrectionRequest, reader: User) -> CorrectionView:
    """Put one return into words (差戻し); the body reads no name of an officer."""
    is_inner = reads_as_secretariat(reader)
    return CorrectionView(
        requested_at=row.requested_at,
        requested_by=row.requested_by.label if is_inner else SECRETARIAT,
        wishes=[(target_label(proposal.round, item.field), item.reason) for item in row.items],
        answered_at=row.answered_at,
    )
