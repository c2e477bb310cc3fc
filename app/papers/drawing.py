"""A stored version as a document (版から文書へ): notice, pages, changes, identities."""

from app.core.document import (
    Align,
    Block,
    Cell,
    Comparison,
    Document,
    Heading,
    Items,
    PageBreak,
    Paragraph,
    Shade,
    TableBlock,
)
from app.papers.changes import PaperChanges, SheetChange, changes_between
from app.papers.models import Paper
from app.papers.stored import PaperContent, content_from_stored

OFFICE = "事務局"
NOTHING_CHANGED = "前の版から変わったところはありません。"


def content_of(paper: Paper) -> PaperContent:
    """Return what a version says (版の内容)."""
    return content_from_stored(
        {
            "blocks": paper.blocks,
            "sheets": paper.sheets,
            "figures": paper.figures,
            "checks": paper.checks,
        }
    )


def changes_of(paper: Paper, previous: Paper | None) -> PaperChanges | None:
    """Return what changed since the version before (版の違い); None for the first one."""
    return changes_between(content_of(previous), content_of(paper)) if previous else None


def document_of(paper: Paper, previous: Paper | None) -> Document:
    """Return a version as a document (会議資料の文書), from what was stored alone."""
    content = content_of(paper)
    changes = changes_of(paper, previous)
    return Document(
        title=paper.title,
        subtitle=f"第{paper.number}版　{paper.reason}",
        is_landscape=True,
        made_at=paper.made_at,
        # The office, not the person: the file goes out to the meeting.
        made_by=OFFICE,
        blocks=[
            *_notice(content),
            *content.blocks,
            *(_changes_chapter(changes, paper.number - 1) if changes else []),
            *_checks_chapter(content),
        ],
    )


def _notice(content: PaperContent) -> list[Block]:
    failing = content.failing
    if not failing:
        return []
    return [
        Paragraph(
            text=f"【注意】検算が一致しないところが{len(failing)}件あります。"
            "配る前に、最後の「検算」のページを確かめてください。",
            is_bold=True,
        ),
        Items(lines=[check.words for check in failing]),
    ]


def _changes_chapter(changes: PaperChanges, number: int) -> list[Block]:
    heading = Heading(level=1, text=f"前の版（第{number}版）から変わったところ")
    if changes.is_empty:
        return [PageBreak(), heading, Paragraph(text=NOTHING_CHANGED)]
    blocks: list[Block] = [PageBreak(), heading]
    if changes.figures:
        blocks.append(
            TableBlock(
                caption="数の変わったところ",
                header=[["項目", "前の版", "この版", "増減"]],
                rows=[
                    [
                        change.label,
                        _number(change.before, change.unit),
                        _number(change.after, change.unit),
                        f"{change.step:+,}",
                    ]
                    for change in changes.figures
                ],
                widths=[3, 1, 1, 1],
                aligns=[Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT],
            )
        )
    for sheet in changes.sheets:
        blocks += _sheet_blocks(sheet)
    return blocks


def _number(value: int | None, unit: str) -> str:
    return "なし" if value is None else f"{value:,}{unit}"


def _sheet_blocks(sheet: SheetChange) -> list[Block]:
    blocks: list[Block] = [Heading(level=2, text=sheet.title)]
    for words, lines in (("加わった行", sheet.added), ("なくなった行", sheet.removed)):
        if lines:
            blocks += [Paragraph(text=f"{words}（{len(lines)}行）", is_bold=True)]
            blocks += [Items(lines=lines)]
    if sheet.changed:
        text = f"変わった行（{len(sheet.changed)}行。下線は加わった文字、取消線はなくなった文字）"
        blocks.append(Paragraph(text=text, is_bold=True))
    for row in sheet.changed:
        for cell in row.cells:
            blocks.append(Paragraph(text=f"{row.key}　{cell.label}", is_small=True))
            blocks.append(Comparison(pieces=cell.pieces))
    return blocks


def _checks_chapter(content: PaperContent) -> list[Block]:
    rows: list[list[str | Cell]] = [
        [
            check.words,
            Cell(
                text="一致" if check.is_ok else "不一致",
                shade=Shade.NONE if check.is_ok else Shade.DARK,
                is_bold=not check.is_ok,
                align=Align.CENTER,
            ),
        ]
        for check in content.checks
    ]
    return [
        PageBreak(),
        Heading(level=1, text="検算"),
        TableBlock(
            caption="この資料の数の確かめ",
            header=[["式", "結果"]],
            rows=rows,
            widths=[9, 1],
        ),
    ]
