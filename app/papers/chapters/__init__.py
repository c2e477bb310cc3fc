"""Chapters of the meeting paper (会議資料の章), in the order of the source."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.document import Block, Heading, PageBreak, Paragraph
from app.papers.stored import Check, Figure, Sheet


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one chapter says (章): its pages, and what of them is data."""

    blocks: Sequence[Block]
    sheets: Sequence[Sheet] = ()
    figures: Sequence[Figure] = ()
    checks: Sequence[Check] = ()


def opening(text: str) -> list[Block]:
    """Return the heading of a chapter, on a new page (章の見出し)."""
    return [PageBreak(), Heading(level=1, text=text)]


def origin(text: str) -> Paragraph:
    """Return where the facts or words above come from (出典)."""
    return Paragraph(text=f"出典：{text}", is_small=True)
