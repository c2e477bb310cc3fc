"""The first chapters (具体的視点・TYPES): fixed words, and the projects of the register."""

from app.core.document import Block, Heading, Paragraph, TableBlock
from app.papers import words
from app.papers.chapters import Chapter, opening, origin
from app.papers.chapters.tables import rows_from, sources_of, spanned
from app.papers.stored import Figure, Sheet
from app.registers.models import Register
from app.registers.queries import rows_of


def viewpoints() -> Chapter:
    """Return the three viewpoints of the basic policy (当面の具体的視点)."""
    considered: list[Block] = []
    for viewpoint, lines in zip(words.VIEWPOINTS, words.CONSIDERED, strict=True):
        considered.append(Paragraph(text="\n　".join([viewpoint, *lines])))
    return Chapter(
        blocks=[
            Heading(level=1, text=words.VIEWPOINTS_TITLE),
            Paragraph(text=words.VIEWPOINTS_LEAD),
            *(Paragraph(text=line, is_bold=True) for line in words.VIEWPOINTS),
            *(Paragraph(text=line, is_small=True) for line in words.VIEWPOINTS_BASIS),
            Heading(level=2, text=words.CONSIDERED_TITLE),
            *considered,
            Paragraph(text=words.CONSIDERED_END, is_bold=True),
            origin("原資料 1頁"),
        ]
    )


def types_projects() -> Chapter:
    """Return the projects of TYPES by field (TYPES)."""
    entries = [entry for entry in rows_of(Register.TYPES) if not entry.is_retired]
    said = [words.TYPES_SENTENCES.get(row.title, row.title) for row in entries]
    rows = rows_from([spanned([row.field for row in entries]), said])
    return Chapter(
        blocks=[
            *opening("TYPES"),
            TableBlock(
                caption=words.TYPES_TITLE,
                header=[["分野", "概要"]],
                rows=rows,
                widths=[1, 6],
                notes=[words.TYPES_NOTE],
            ),
            origin(f"{sources_of(entries)}。概要の文と注は原資料 3頁"),
        ],
        sheets=[
            Sheet(
                name="types",
                title="TYPES",
                rows={
                    str(row.number): {"分野": row.field, "概要": text}
                    for row, text in zip(entries, said, strict=True)
                },
            )
        ],
        figures=[Figure(name="types", label="TYPESのプロジェクト", value=len(entries), unit="件")],
    )
