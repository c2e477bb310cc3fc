"""What changed from one submission to another (変更点), field by field, character by character."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.core.difference import Change, Piece, difference
from app.proposals.content import changed_fields, inner_fields, words_in
from app.proposals.models import AttachmentKind, ProposalRevision
from app.rounds.models import Round

FILES_LABEL = "添付"
KIND_WORDS = {AttachmentKind.ANNEX: "別紙", AttachmentKind.REFERENCE: "参考資料"}


class FieldChange(NamedTuple):
    """One field that differs, as pieces that lead from the old text to the new one (変更点)."""

    label: str
    pieces: list[Piece]


def changes_between(
    round_: Round, before: ProposalRevision, after: ProposalRevision, *, sees_inner: bool
) -> list[FieldChange]:
    """Fields and files that differ between two submissions of one case, in the order of the form.

    `sees_inner`: whether the reader sees the fields between the body and the secretariat (P27).
    """
    found = content_changes(round_, before.content, after.content, sees_inner=sees_inner)
    files = _file_pieces(before.files, after.files)
    return [*found, FieldChange(FILES_LABEL, files)] if files else found


def content_changes(
    round_: Round, before: Mapping[str, Any], after: Mapping[str, Any], *, sees_inner: bool
) -> list[FieldChange]:
    """Fields that differ between two contents of one case, in the order of the form (新旧)."""
    hidden = set() if sees_inner else {field.name for field in inner_fields(round_)}
    return [
        FieldChange(field.label, difference(words_in(field, before), words_in(field, after)))
        for field in changed_fields(round_, before, after)
        if field.name not in hidden
    ]


def _file_pieces(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[Piece]:
    """Files that went and came, one a line; empty when both submissions have the same."""
    old, new = [_file_words(row) for row in before], [_file_words(row) for row in after]
    if old == new:
        return []
    gone = [Piece(Change.REMOVED, f"{words}\n") for words in old if words not in new]
    stayed = [Piece(Change.SAME, f"{words}\n") for words in new if words in old]
    came = [Piece(Change.ADDED, f"{words}\n") for words in new if words not in old]
    return [*stayed, *gone, *came]


def _file_words(row: dict[str, Any]) -> str:
    kind = KIND_WORDS[AttachmentKind(row["kind"])]
    return f"{kind}　{row['name']}（第{row['version']}版、SHA-256 {row['sha256']}）"
