"""Where a case comes from and where it went (系譜), as much as the reader may know."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for

from app.accounts.models import User
from app.casework.content_view import paragraphs
from app.core.eras import format_datetime
from app.lineage.models import CaseSplit
from app.lineage.policy import MERGEABLE_STATES, SPLITTABLE_STATES, can_trace
from app.lineage.preview import bodies_of
from app.lineage.queries import (
    duplicates_of,
    is_visible,
    merges_into,
    original_of,
    standing_merge,
    standing_splits,
)
from app.lineage.services.splitting import DIVIDED_FIELDS
from app.proposals.models import Proposal
from app.proposals.presentation import StateBadge, reads_as_secretariat, state_badge
from app.workflow.states import State


class LineageLink(NamedTuple):
    """Something to do about the lineage of a case (系譜の操作)."""

    label: str
    url: str


class OtherCase(NamedTuple):
    """Another case this one has to do with (関係する提案), with its text one click away."""

    number: str
    title: str
    url: str
    badge: StateBadge
    bodies: str
    text: list[str]
    note: str
    undo_url: str = ""


@dataclass(frozen=True, kw_only=True)
class LineageView:
    """What a page says of the lineage of a case (系譜); empty lists where there is nothing."""

    sentence: str
    absorbed: list[OtherCase]
    parts: list[OtherCase]
    duplicates: list[OtherCase]
    text_before: list[tuple[str, list[str]]]
    links: list[LineageLink]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show or to do."""
        return not (self.sentence or self.absorbed or self.parts or self.duplicates or self.links)


def lineage_view(proposal: Proposal, reader: User) -> LineageView:
    """Put the lineage of a case together for a reader (系譜).

    A body reads of the splits of its own case, never of the other cases of a merge.
    """
    is_inner = reads_as_secretariat(reader)
    splits = standing_splits(proposal)
    return LineageView(
        sentence=_sentence(proposal, reader),
        absorbed=_absorbed(proposal, reader) if is_inner else [],
        parts=[_other(row.proposal, reader, "") for split in splits for row in split.parts],
        duplicates=_duplicates(proposal, reader) if is_inner else [],
        text_before=_text_before(splits),
        links=_links(proposal) if can_trace(reader) else [],
    )


def _sentence(proposal: Proposal, reader: User) -> str:
    if proposal.is_part:
        original = original_of(proposal)
        number = original.reference if original else ""
        if proposal.is_rejoined:
            return f"分割が取り消され、{number}に戻りました。"
        words = f"{number}から分割した提案です。添付は{number}にあります。"
        return words + _merged_words(proposal, reader)
    return _merged_words(proposal, reader)


def _merged_words(proposal: Proposal, reader: User) -> str:
    if proposal.merged_into is None or not reads_as_secretariat(reader):
        return ""
    if not is_visible(proposal.merged_into, reader):
        return "ほかの提案に統合されています。"
    merge = standing_merge(proposal)
    who = f"{merge.merged_by.display_name}、{format_datetime(merge.merged_at)}"
    return f"{merge.target.reference}に統合されています（{who}）。理由：{merge.reason}"


def _absorbed(proposal: Proposal, reader: User) -> list[OtherCase]:
    return [
        _other(row.absorbed, reader, f"{row.merged_by.display_name}　{row.reason}")
        for row in merges_into(proposal)
        if is_visible(row.absorbed, reader)
    ]


def _duplicates(proposal: Proposal, reader: User) -> list[OtherCase]:
    found = []
    for mark in duplicates_of(proposal, reader):
        is_ours = mark.proposal_id == proposal.id
        other = mark.duplicate_of if is_ours else mark.proposal
        words = f"{mark.proposal.reference}は{mark.duplicate_of.reference}と重複"
        undo = url_for("lineage.unmark", receipt_number=proposal.receipt_number, mark_id=mark.id)
        note = f"{words}（{mark.marked_by.display_name}）　{mark.reason}"
        found.append(_other(other, reader, note, undo if can_trace(reader) else ""))
    return found


def _other(proposal: Proposal, reader: User, note: str, undo_url: str = "") -> OtherCase:
    return OtherCase(
        number=proposal.reference,
        title=proposal.title,
        url=url_for("casework.show", receipt_number=proposal.receipt_number),
        badge=state_badge(proposal, reader),
        bodies=bodies_of(proposal),
        text=paragraphs(proposal.detail),
        note=note,
        undo_url=undo_url,
    )


def _text_before(splits: list[CaseSplit]) -> list[tuple[str, list[str]]]:
    """The text as the body wrote it, before the first split (分割の前の文)."""
    if not splits:
        return []
    content = splits[0].content_before
    labels = {field.name: field.label for field in splits[0].original.round.form_fields}
    return [(labels.get(name, name), paragraphs(content[name])) for name in DIVIDED_FIELDS]


def _links(proposal: Proposal) -> list[LineageLink]:
    number = proposal.receipt_number
    found: list[tuple[str, str]] = []
    if proposal.state is State.MERGED and not proposal.is_rejoined:
        found.append(("統合を取り消す", "lineage.unmerge"))
    if proposal.state in MERGEABLE_STATES:
        found.append(("ほかの提案をこの提案に統合する", "lineage.merge"))
        found.append(("重複を記録する", "lineage.mark"))
    if proposal.state in SPLITTABLE_STATES and not proposal.is_part:
        found.append(("提案を分割する", "lineage.split"))
    if standing_splits(proposal):
        found.append(("分割を取り消す", "lineage.unsplit"))
    return [
        LineageLink(label, url_for(endpoint, receipt_number=number)) for label, endpoint in found
    ]
