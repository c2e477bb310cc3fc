"""Files of a proposal (添付): add, replace, remove; all of one post or nothing of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.extensions import db
from app.files.gate import clean_name
from app.files.labels import MB, size_words
from app.files.services import Received, keep, receive
from app.proposals.attachment_queries import current_attachments
from app.proposals.content import fields_of
from app.proposals.lifecycle import check_version
from app.proposals.models import Attachment, AttachmentKind, Proposal
from app.proposals.policy import authorize_edit
from app.proposals.services.drafts import check_editable
from app.proposals.services.partner_notice import tell_of_change
from app.rounds.models import FieldKind, Round

NOTHING_CHOSEN = "ファイルを選んでください"
SAME_NAME = (
    "「{name}」：同じ名前のファイルが既にあります。新しい版にするときは、一覧の「差し替える」を"
    "使ってください。別のものなら、名前を変えて選び直してください"
)
TWICE = "「{name}」：同じ名前のファイルを2つ選んでいます。1つにするか、名前を変えてください"
ALREADY_REMOVED = "この添付は既に外されたか、差し替えられています。一覧を確かめてください。"
CHOOSE_FIELD = "どの項目の続きかを選んでください"
# Fields whose text may go on in an annex (別紙).
ANNEX_KINDS = (FieldKind.TEXT, FieldKind.LONG_TEXT)


class Upload(NamedTuple):
    """One file of a post (送られたファイル): its name as the browser sent it, its content."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, kw_only=True)
class AddAttachments:
    """Files to add (添付の追加). `field` names what an annex continues, empty for references."""

    version: int
    kind: AttachmentKind
    field: str
    files: tuple[Received, ...]


@dataclass(frozen=True, kw_only=True)
class ReplaceAttachment:
    """Another content for an attachment (添付の差替え)."""

    version: int
    file: Received


def annex_fields(round_: Round) -> dict[str, str]:
    """Fields an annex can continue (別紙の対象): name to label, in the order of the form."""
    return {field.name: field.label for field in fields_of(round_) if field.kind in ANNEX_KINDS}


def receive_uploads(
    proposal: Proposal,
    uploads: Sequence[Upload],
    *,
    actor: User,
    replaces: Attachment | None = None,
) -> tuple[Received, ...]:
    """Check files and put them into the store, before the unit of work (添付の受領).

    Every refusal is told, each with the name of its file. Raises NotAllowed, IllegalTransition,
    InvalidInput at `files`, StorageFailure.
    """
    authorize_edit(actor, proposal)
    check_editable(proposal)
    sizes = [(clean_name(upload.name), _size_of(upload.content)) for upload in uploads]
    _refuse(_limit_problems(proposal, sizes, replaces))
    limit = proposal.round.attachment_file_limit_mb * MB
    received: list[Received] = []
    refused: list[str] = []
    for upload in uploads:
        try:
            received.append(receive(upload.content, upload.name, size_limit_bytes=limit))
        except InvalidInput as error:
            words = "。".join(text for said in error.errors.values() for text in said)
            refused.append(f"「{clean_name(upload.name)}」：{words}")
    _refuse(refused)
    return tuple(received)


def add_attachments(
    proposal: Proposal, command: AddAttachments, *, actor: User
) -> list[Attachment]:
    """Attach files that were received (添付の追加).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    _begin(proposal, command.version, actor)
    if command.kind is AttachmentKind.ANNEX and command.field not in annex_fields(proposal.round):
        raise InvalidInput({"field": [CHOOSE_FIELD]})
    _refuse(_limit_problems(proposal, _sizes_of(command.files), None))
    field = command.field if command.kind is AttachmentKind.ANNEX else ""
    added = [
        _add(proposal, file, actor, kind=command.kind, field=field, position=position)
        for position, file in enumerate(command.files, start=_next_position(proposal))
    ]
    _finish(proposal, "proposal.attach", added, actor)
    return added


def replace_attachment(
    attachment: Attachment, command: ReplaceAttachment, *, actor: User
) -> Attachment:
    """Put a new version in the place of an attachment (添付の差替え); the old one stays on record.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    proposal = attachment.proposal
    _begin(proposal, command.version, actor)
    _check_present(attachment)
    _refuse(_limit_problems(proposal, _sizes_of([command.file]), attachment))
    _take_out(attachment, actor)
    added = _add(
        proposal,
        command.file,
        actor,
        kind=attachment.kind,
        field=attachment.field,
        position=attachment.position,
        replaces=attachment,
    )
    _finish(proposal, "proposal.replace_attachment", [added], actor)
    return added


def remove_attachment(attachment: Attachment, *, version: int, actor: User) -> None:
    """Take an attachment off (添付の取外し). What was submitted stays on record.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    proposal = attachment.proposal
    _begin(proposal, version, actor)
    _check_present(attachment)
    _take_out(attachment, actor)
    _finish(proposal, "proposal.remove_attachment", [attachment], actor)


def files_as_submitted(proposal: Proposal) -> list[dict[str, Any]]:
    """Files as a revision keeps them (提出時の添付); size in bytes."""
    return [
        {
            "attachment_id": row.id,
            "name": row.file.name,
            "sha256": row.file.sha256,
            "size": row.file.size_bytes,
            "kind": row.kind.value,
            "field": row.field,
            "version": row.version_number,
        }
        for row in current_attachments(proposal)
    ]


def _begin(proposal: Proposal, version: int, actor: User) -> None:
    authorize_edit(actor, proposal)
    check_version(proposal, version)
    check_editable(proposal)


def _check_present(attachment: Attachment) -> None:
    if attachment.removed_at is not None:
        raise IllegalTransition(ALREADY_REMOVED)


def _limit_problems(
    proposal: Proposal, sizes: Sequence[tuple[str, int]], replaces: Attachment | None
) -> list[str]:
    """What of the limits of the round the files would break, in words (添付の上限)."""
    if not sizes:
        return [NOTHING_CHOSEN]
    round_ = proposal.round
    kept = [row for row in current_attachments(proposal) if row is not replaces]
    names = [name.casefold() for name, _ in sizes]
    taken = {row.file.name.casefold() for row in kept}
    said = [SAME_NAME.format(name=name) for name, _ in sizes if name.casefold() in taken]
    said += [TWICE.format(name=name) for name, _ in sizes if names.count(name.casefold()) > 1][:1]
    count = len(kept) + len(sizes)
    if count > round_.attachment_count_limit:
        said.append(
            f"添付は{round_.attachment_count_limit}ファイルまでです"
            f"（{count}ファイルになります）。不要なものを外してください"
        )
    total = sum(row.file.size_bytes for row in kept) + sum(size for _, size in sizes)
    if total > round_.attachment_total_limit_mb * MB:
        said.append(
            f"添付は合計{round_.attachment_total_limit_mb}MBまでです"
            f"（{size_words(total)}になります）。画像を縮小するか、分けて送ってください"
        )
    return said


def _refuse(said: list[str]) -> None:
    if said:
        raise InvalidInput({"files": said})


def _sizes_of(files: Sequence[Received]) -> list[tuple[str, int]]:
    return [(file.name, file.size_bytes) for file in files]


def _size_of(content: BinaryIO) -> int:
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    return size


def _next_position(proposal: Proposal) -> int:
    return max((row.position for row in proposal.attachments), default=0) + 1


def _add(
    proposal: Proposal,
    file: Received,
    actor: User,
    *,
    kind: AttachmentKind,
    field: str,
    position: int,
    replaces: Attachment | None = None,
) -> Attachment:
    attachment = Attachment(
        file=keep(file, actor=actor),
        position=position,
        kind=kind,
        field=field,
        version_number=replaces.version_number + 1 if replaces else 1,
        replaces=replaces,
        added_by_id=actor.id,
        added_at=clock.now(),
    )
    proposal.attachments.append(attachment)
    return attachment


def _take_out(attachment: Attachment, actor: User) -> None:
    attachment.removed_at = clock.now()
    attachment.removed_by_id = actor.id


def _finish(proposal: Proposal, verb: str, rows: Sequence[Attachment], actor: User) -> None:
    """Make a new version of the case, tell the partners, leave a trace with every sha256."""
    # The files are part of what a form showed: whoever opened one before is told.
    flag_modified(proposal, "title")
    db.session.flush()
    tell_of_change(proposal)
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    files = [{"attachment_id": row.id, "sha256": row.file.sha256} for row in rows]
    record(verb, subject, actor=actor, changes={"files": files})
