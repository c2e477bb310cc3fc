"""What of a case a ministry reads (送付された提案の内容): the shared fields, and who proposed it.

Never whom to call, nor what the secretariat wrote, judged or classified before (P27).
"""

import re
from typing import NamedTuple

from app.accounts.labels import ORG_TYPE_LABELS
from app.core import clock
from app.proposals.content import content_of, shown_fields, words_in
from app.proposals.models import Proposal
from app.proposals.sharing.partners import accepted_partners_of
from app.rounds.default_form import TITLE_FIELD
from app.rounds.models import FieldAudience, FieldKind

PARAGRAPH_END = re.compile(r"\n[ \u3000]*\n\s*")


class ContentField(NamedTuple):
    """One field of the proposal with its text in paragraphs (項目)."""

    label: str
    paragraphs: list[str]
    is_long: bool


def content_for_ministry(proposal: Proposal) -> list[ContentField]:
    """Shared fields that were answered, without the title, which stands above (提案の内容)."""
    content = content_of(proposal)
    found = [
        ContentField(
            field.label,
            paragraphs_of(words_in(field, content)),
            is_long=field.kind is FieldKind.LONG_TEXT,
        )
        for field in shown_fields(proposal)
        if field.audience is FieldAudience.SHARED and field.name != TITLE_FIELD
    ]
    return [field for field in found if field.paragraphs]


def proposers_of(proposal: Proposal) -> list[ContentField]:
    """Who proposed it (提案団体): the body, its type on submission, those who joined."""
    instant = proposal.submitted_at or clock.now()
    kind = proposal.organization.type_on(clock.to_jst(instant).date())
    joined = [row.organization.name for row in accepted_partners_of(proposal)]
    found = [
        ContentField("提案団体", [proposal.organization.name], is_long=False),
        ContentField("団体種別", [ORG_TYPE_LABELS[kind]] if kind else [], is_long=False),
        ContentField("共同提案団体", ["、".join(joined)] if joined else [], is_long=False),
    ]
    return [field for field in found if field.paragraphs]


def paragraphs_of(text: str) -> list[str]:
    """Split a text at its blank lines (段落)."""
    return [part for part in PARAGRAPH_END.split(text.strip()) if part]
