"""What a version of the paper keeps (版の内容), and how blocks become JSON and come back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from app.core.difference import Change, Piece
from app.core.document import (
    Align,
    Block,
    Cell,
    Comparison,
    Heading,
    Items,
    KeyValues,
    PageBreak,
    Paragraph,
    Shade,
    TableBlock,
)

KIND = "kind"
_BLOCKS: dict[str, type[Block]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "items": Items,
    "table": TableBlock,
    "pairs": KeyValues,
    "comparison": Comparison,
    "page_break": PageBreak,
}
_KINDS = {type_: kind for kind, type_ in _BLOCKS.items()}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table of the paper row by row, for the comparison of versions (資料の表).

    `rows` are texts under the labels of the columns, by a key that stays the same from one version
    to the next (受付番号, 分類の記号, …).
    """

    name: str
    title: str
    rows: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that the paper prints (資料の数): 提案件数 232件."""

    name: str
    label: str
    value: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """An identity of the paper (検算) in words, and whether it holds."""

    words: str
    is_ok: bool


@dataclass(frozen=True, kw_only=True)
class PaperContent:
    """What the paper says at one moment (資料の内容)."""

    blocks: Sequence[Block]
    sheets: Sequence[Sheet]
    figures: Sequence[Figure]
    checks: Sequence[Check]

    @property
    def failing(self) -> list[Check]:
        """Identities that do not hold (一致しない検算)."""
        return [check for check in self.checks if not check.is_ok]


def content_as_stored(content: PaperContent) -> dict[str, list[dict[str, Any]]]:
    """Return the content as JSON takes it (保存の形), by column."""
    return {
        "blocks": [{KIND: _KINDS[type(block)], **asdict(block)} for block in content.blocks],
        # Pairs, not an object: the order of the rows is part of the paper.
        "sheets": [
            {"name": sheet.name, "title": sheet.title, "rows": _pairs(sheet.rows)}
            for sheet in content.sheets
        ],
        "figures": [asdict(figure) for figure in content.figures],
        "checks": [asdict(check) for check in content.checks],
    }


def content_from_stored(stored: Mapping[str, Sequence[Mapping[str, Any]]]) -> PaperContent:
    """Return the content as it was when it was stored (保存した内容)."""
    return PaperContent(
        blocks=[_block(row) for row in stored["blocks"]],
        sheets=[
            Sheet(
                name=row["name"],
                title=row["title"],
                rows={key: dict(cells) for key, cells in row["rows"]},
            )
            for row in stored["sheets"]
        ],
        figures=[Figure(**row) for row in stored["figures"]],
        checks=[Check(**row) for row in stored["checks"]],
    )


def _pairs(rows: Mapping[str, Mapping[str, str]]) -> list[list[Any]]:
    return [[key, list(map(list, cells.items()))] for key, cells in rows.items()]


def _block(row: Mapping[str, Any]) -> Block:
    type_ = _BLOCKS[row[KIND]]
    values = {each.name: row[each.name] for each in fields(type_)}
    if type_ is Paragraph:
        values["align"] = Align(values["align"])
    if type_ is TableBlock:
        values["header"] = _cells(values["header"])
        values["rows"] = _cells(values["rows"])
        values["aligns"] = [Align(align) for align in values["aligns"]]
    if type_ is Comparison:
        values["pieces"] = [Piece(Change(change), text) for change, text in values["pieces"]]
    return type_(**values)


def _cells(rows: Sequence[Sequence[Any]]) -> list[list[str | Cell]]:
    return [[cell if isinstance(cell, str) else _cell(cell) for cell in row] for row in rows]


def _cell(row: Mapping[str, Any]) -> Cell:
    align = row["align"]
    return Cell(**{**row, "align": align and Align(align), "shade": Shade(row["shade"])})
