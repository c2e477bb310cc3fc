"""Gathering what is on record of a case (対象文書): texts as they stand, people by their role."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.labels import ROLE_LABELS
from app.accounts.models import Role, User
from app.audit.models import AuditEvent
from app.audit.queries import events_of
from app.casework.verbs import SIGN_OFF_VERBS, VERB_WORDS
from app.comments.models import Comment
from app.core.eras import format_datetime
from app.disclosure.models import RecordKind
from app.extensions import db
from app.handoffs.queries import handoffs_of, released_replies, views_of
from app.notifications.models import OutboxMessage
from app.proposals.content import words_in
from app.proposals.models import Attachment, Proposal
from app.proposals.queries import revisions_of
from app.triage.models import Assessment
from app.triage.queries import assessments_of
from app.workflow.handoffs import REPLY_KIND_LABELS

SYSTEM = "システム"
NOTHING = "（記載なし）"
BODY_ROLES = (Role.PROPOSER, Role.PROPOSER_MANAGER)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One record as it was found (対象文書)."""

    kind: RecordKind
    label: str
    text: str = ""
    attachment: Attachment | None = None


def records_of(proposal: Proposal) -> list[Found]:
    """Everything on record of a case, in the order of the bundle (対象文書の一覧).

    A reply is a record once it was released; before, it is known to nobody outside (P26).
    """
    return [
        *_revisions(proposal),
        *_opinions(proposal),
        *_replies(proposal),
        *_letters(proposal),
        *_comments(proposal),
        _history(proposal),
        *_attachments(proposal),
    ]


def _revisions(proposal: Proposal) -> Iterator[Found]:
    for revision in revisions_of(proposal):
        lines = [
            (field.label, words_in(field, revision.content)) for field in proposal.round.form_fields
        ]
        text = "\n\n".join(f"【{label}】\n{words or NOTHING}" for label, words in lines)
        when = format_datetime(revision.submitted_at)
        yield Found(kind=RecordKind.TEXT, label=f"第{revision.number}版（{when}提出）", text=text)
    if proposal.outcome_text:
        yield Found(kind=RecordKind.DECISION, label="結果", text=proposal.outcome_text)


def _opinions(proposal: Proposal) -> Iterator[Found]:
    for number, opinion in enumerate(assessments_of(proposal), start=1):
        when = format_datetime(opinion.created_at)
        yield Found(
            kind=RecordKind.DECISION,
            label=f"仕分け意見{number}（{when}）",
            text=_opinion_text(opinion),
        )


def _opinion_text(opinion: Assessment) -> str:
    lines = [f"分類　{opinion.category.code}　{opinion.category.label}", f"理由　{opinion.reason}"]
    lines += [
        f"根拠　{row.register_entry.title}{'　' + row.quote if row.quote else ''}"
        for row in opinion.evidence
    ]
    if opinion.decision is not None and opinion.decision.note:
        lines.append(f"二次確認　{opinion.decision.note}")
    return "\n".join(lines)


def _replies(proposal: Proposal) -> Iterator[Found]:
    for handoff in handoffs_of(proposal):
        if handoff.sent_at is not None:
            yield Found(
                kind=RecordKind.LETTER,
                label=f"{handoff.destination.name}への依頼（{format_datetime(handoff.sent_at)}）",
                text=handoff.request_text,
            )
    for reply in released_replies([proposal.id]):
        kind = f"種別　{REPLY_KIND_LABELS[reply.kind]}\n" if reply.kind else ""
        yield Found(
            kind=RecordKind.REPLY,
            label=f"{reply.handoff.destination.name}の回答（{reply.round_number}回目）",
            text=kind + reply.text,
        )
    for view in views_of(proposal):
        if view.filed_at is not None:
            yield Found(
                kind=RecordKind.VIEW,
                label=f"見解（{view.number}回目）",
                text=view.text or "見解なし",
            )


def _letters(proposal: Proposal) -> Iterator[Found]:
    """News of the case, each wording once: whoever got it stands in it by role alone."""
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.about_type == "proposal", OutboxMessage.about_id == proposal.id)
        .order_by(OutboxMessage.id)
    )
    told: set[tuple[str, str]] = set()
    for row in rows:
        # News from before a release may tell of a reply; the replies themselves stand above.
        if not row.recipient.has_role(*BODY_ROLES) or (row.subject, row.body) in told:
            continue
        told.add((row.subject, row.body))
        yield Found(
            kind=RecordKind.LETTER,
            label=f"知らせ{len(told)}（{format_datetime(row.created_at)}）",
            text=_without_names(f"{row.subject}\n\n{row.body}", [row.recipient]),
        )


def _comments(proposal: Proposal) -> Iterator[Found]:
    rows = db.session.scalars(
        select(Comment)
        .where(Comment.proposal_id == proposal.id, Comment.retracted_at.is_(None))
        .order_by(Comment.id)
    )
    for number, row in enumerate(rows, start=1):
        when, who = format_datetime(row.written_at), role_words(row.author)
        yield Found(
            kind=RecordKind.COMMENT,
            label=f"コメント{number}（{when}　{who}）",
            text=_without_names(row.body, [row.author, *(each.user for each in row.mentions)]),
        )


def _history(proposal: Proposal) -> Found:
    events = db.session.scalars(events_of("proposal", proposal.id)).all()
    lines = [
        f"{format_datetime(event.occurred_at)}　{_who(event)}　{VERB_WORDS[event.verb]}"
        for event in reversed(events)
        if event.verb in VERB_WORDS
        and event.verb not in SIGN_OFF_VERBS
        # What happens to a reply before its release is nobody's to read.
        and not event.verb.startswith("handoff.")
    ]
    return Found(kind=RecordKind.HISTORY, label="経過", text="\n".join(lines) or NOTHING)


def _who(event: AuditEvent) -> str:
    user = db.session.get(User, event.actor_id) if event.actor_id else None
    return role_words(user) if user else SYSTEM


def role_words(user: User) -> str:
    """Role of a person, never the name (役割)."""
    return ROLE_LABELS[user.role_grants[0].role] if user.role_grants else user.organization.name


def _without_names(text: str, people: list[User]) -> str:
    """Put roles where names of the people concerned stand (氏名を役割に)."""
    for person in people:
        if len(person.display_name) > 1:
            text = text.replace(person.display_name, role_words(person))
    return text


def _attachments(proposal: Proposal) -> Iterator[Found]:
    rows = [row for row in proposal.attachments if row.removed_at is None]
    for number, row in enumerate(rows, start=1):
        # The name of a file may tell what is inside: the bundle calls it by its number.
        yield Found(kind=RecordKind.ATTACHMENT, label=f"添付{number}", attachment=row)
