"""Attachments on the pages (添付の表示): lists, limits, the page where files are added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, url_for

from app.accounts.models import User
from app.files.gate import ACCEPT, ALLOWED_WORDS
from app.files.labels import (
    MB,
    NOT_SERVED,
    size_words,
    verdict_label,
    verdict_tone,
)
from app.files.models import Verdict
from app.files.scanner import is_scanning
from app.proposals.attachment_queries import current_attachments, readable_attachments
from app.proposals.content import label_of
from app.proposals.forms.attaching import AttachForm
from app.proposals.models import Attachment, AttachmentKind, Proposal
from app.proposals.pages.addresses import check_url, edit_url
from app.proposals.pages.parts import case_frame
from app.rounds.models import Round

KIND_LABELS = {AttachmentKind.ANNEX: "別紙", AttachmentKind.REFERENCE: "参考資料"}


class AttachmentView(NamedTuple):
    """One attachment as a list shows it (添付の1行). `url` is empty while it cannot be opened."""

    name: str
    kind: str
    version: int
    size: str
    sha256: str
    verdict: str
    tone: str
    note: str
    url: str
    public_id: str
    added_at: datetime
    added_by: str


class Limits(NamedTuple):
    """Limits of a round and what of them is used (添付の上限): in words, and in bytes."""

    words: str
    used: str
    file_bytes: int
    bytes_left: int
    count_left: int
    accept: str


class AttachmentList(NamedTuple):
    """Files a reader may have, those that count now and earlier ones (添付の一覧)."""

    now: list[AttachmentView]
    earlier: list[AttachmentView]


def view_of(attachment: Attachment, round_: Round) -> AttachmentView:
    """Put one attachment into words (添付の1行)."""
    stored = attachment.file
    kind = KIND_LABELS[attachment.kind]
    if attachment.field:
        kind = f"{kind}（{label_of(round_, attachment.field)}）"
    is_clean = stored.verdict is Verdict.CLEAN
    return AttachmentView(
        name=stored.name,
        kind=kind,
        version=attachment.version_number,
        size=size_words(stored.size_bytes),
        sha256=stored.sha256,
        verdict=verdict_label(stored),
        tone=verdict_tone(stored),
        note=NOT_SERVED.get(stored.verdict, ""),
        url=url_for("proposals.download_attachment", public_id=stored.public_id)
        if is_clean
        else "",
        public_id=stored.public_id,
        added_at=attachment.added_at,
        added_by=attachment.added_by.display_name,
    )


def views_of(attachments: Sequence[Attachment], round_: Round) -> list[AttachmentView]:
    """Put attachments into words, in the order given."""
    return [view_of(row, round_) for row in attachments]


def attachment_list(proposal: Proposal, reader: User) -> AttachmentList:
    """Return the files of a case for a reader (添付の一覧)."""
    now, earlier = readable_attachments(reader, proposal)
    return AttachmentList(views_of(now, proposal.round), views_of(earlier, proposal.round))


def current_views(proposal: Proposal) -> list[AttachmentView]:
    """Return the files that belong to a proposal now, for the body that writes it."""
    return views_of(current_attachments(proposal), proposal.round)


def limits_of(round_: Round, proposal: Proposal | None = None) -> Limits:
    """Return the limits of a round and what a proposal has used of them (添付の上限)."""
    used = current_attachments(proposal) if proposal else []
    used_bytes = sum(row.file.size_bytes for row in used)
    return Limits(
        words=f"{ALLOWED_WORDS}。1ファイル{round_.attachment_file_limit_mb}MB、"
        f"合計{round_.attachment_total_limit_mb}MB、{round_.attachment_count_limit}ファイルまで。",
        used=f"{len(used)}ファイル、合計{size_words(used_bytes)}",
        file_bytes=round_.attachment_file_limit_mb * MB,
        bytes_left=max(0, round_.attachment_total_limit_mb * MB - used_bytes),
        count_left=max(0, round_.attachment_count_limit - len(used)),
        accept=ACCEPT,
    )


def section_values(round_: Round, proposal: Proposal | None) -> dict[str, Any]:
    """Values of the section 添付 of the form (様式の添付欄)."""
    return {
        "attachments": current_views(proposal) if proposal else [],
        "attachment_limits": limits_of(round_, proposal),
        "attachments_url": attachments_url(proposal) if proposal else "",
    }


def attachments_url(proposal: Proposal) -> str:
    """Address of the page where files are added (添付の画面)."""
    if proposal.receipt_number is None:
        return url_for("proposals.attachments_of_draft", proposal_id=proposal.id)
    return url_for("proposals.attachments_of_returned", receipt_number=proposal.receipt_number)


def attachments_page(proposal: Proposal, actor: User, form: AttachForm) -> str:
    """Render the page where files are added, replaced and removed (添付の画面)."""
    return render_template(
        "proposals/attachments.html",
        form=form,
        proposal=proposal,
        attachments=current_views(proposal),
        limits=limits_of(proposal.round, proposal),
        is_scanning=is_scanning(),
        edit_url=edit_url(proposal),
        check_url=check_url(proposal),
        attachments_url=attachments_url(proposal),
        **case_frame(proposal, actor),
    )


def one_attachment_page(template: str, attachment: Attachment, actor: User, **values: Any) -> str:
    """Render a page about one attachment: its replacement, or the question before it goes."""
    proposal = attachment.proposal
    return render_template(
        template,
        proposal=proposal,
        attachment=view_of(attachment, proposal.round),
        limits=limits_of(proposal.round, proposal),
        back_url=attachments_url(proposal),
        **case_frame(proposal, actor),
        **values,
    )
