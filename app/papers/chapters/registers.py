"""The chapters of the registers (分権提案・密接関連・経由事務・経由調査)."""

from collections.abc import Sequence

from app.core.document import (
    Align,
    Block,
    Cell,
    Heading,
    Items,
    KeyValues,
    PageBreak,
    Paragraph,
    Shade,
    TableBlock,
)
from app.papers import words
from app.papers.chapters import Chapter, opening, origin
from app.papers.chapters.tables import checks_of, rows_from, sheet_of, sources_of, spanned
from app.papers.stored import Figure
from app.registers.models import RegisterEntry
from app.registers.printing import PrintedRegister
from app.reports.catalog import get_report_kind
from app.reports.report import Report
from app.rounds.models import Round


def _report(name: str, round_: Round) -> tuple[Report, PrintedRegister]:
    report = get_report_kind(name).make(round_, None)
    assert isinstance(report.content, PrintedRegister)
    return report, report.content


def _sum_row(laid_out: PrintedRegister, *, label_columns: int, columns: int) -> list[str | Cell]:
    label = Cell(text="計", columns=label_columns, shade=Shade.LIGHT, is_bold=True)
    texts = [f"{laid_out.total:,}", *[""] * (columns - label_columns - 1)]
    return [label, *(Cell(text=text, shade=Shade.LIGHT, is_bold=True) for text in texts)]


def bunken(round_: Round) -> Chapter:
    """Return the proposals of the decentralisation reform by group (分権提案関係)."""
    report, laid_out = _report("bunken", round_)
    entries = laid_out.rows
    groups = [f"{entry.group_code}．{entry.group_label}" for entry in entries]
    rows = rows_from(
        [
            spanned(groups),
            [_bunken_line(entry) for entry in entries],
            spanned([entry.response_policy for entry in entries]),
        ]
    )
    return Chapter(
        blocks=[
            *opening("分権提案関係"),
            TableBlock(
                caption=f"{round_.label}分権提案（共通化関係）",
                header=[["分類", "分権提案", "対応方針"]],
                rows=rows,
                widths=[2, 7, 2],
                notes=[words.CONTROL_NUMBER_NOTE],
            ),
            origin(sources_of(entries)),
        ],
        sheets=[sheet_of("bunken", report.table, ["number"])],
        figures=[
            Figure(name="bunken", label="分権提案", value=len(entries), unit="行"),
            _total_figure("bunken_numbers", laid_out),
        ],
        checks=checks_of(report),
    )


def _bunken_line(entry: RegisterEntry) -> str:
    system = f"（{entry.existing_system}）" if entry.existing_system else ""
    lines = [f"{title}{{}}＜{numbers}＞" for title, numbers in entry.numbered_titles]
    # The system stands at the first title, as the source has it.
    first, *rest = lines
    printed = [first.replace("{}", system), *(line.replace("{}", "") for line in rest)]
    return f"{entry.number}." + "\n　".join(printed)


def _total_figure(name: str, laid_out: PrintedRegister) -> Figure:
    return Figure(name=name, label=laid_out.total_label, value=laid_out.total, unit=laid_out.unit)


def closely_related(round_: Round) -> Chapter:
    """Return the systems close to the twenty, and what is hard about them (密接関連関係)."""
    report, laid_out = _report("closely-related", round_)
    entries = laid_out.rows
    return Chapter(
        blocks=[
            *opening("密接関連関係"),
            Heading(level=2, text=words.CLOSELY_RELATED_TITLE),
            KeyValues(pairs=words.CLOSELY_RELATED_RANGE),
            origin("原資料 12頁（図を表にしたもの）"),
            PageBreak(),
            _closely_related_table(entries),
            origin(sources_of(entries)),
            *_problems(),
        ],
        sheets=[sheet_of("closely_related", report.table, ["number"])],
        figures=[_total_figure("closely_related", laid_out)],
        checks=checks_of(report),
    )


def _closely_related_table(entries: Sequence[RegisterEntry]) -> TableBlock:
    rows = rows_from(
        [
            [str(entry.number) for entry in entries],
            spanned([entry.field for entry in entries]),
            [entry.title for entry in entries],
            ["、".join(link.printed_name for link in entry.links) for entry in entries],
        ]
    )
    return TableBlock(
        caption=words.CLOSELY_RELATED_SOURCE,
        header=[
            [
                Cell(text="番号", rows=2),
                Cell(text="関連事務", columns=2),
                Cell(text="20業務との連携先", rows=2),
            ],
            ["システム業務区分", "業務（システム）"],
        ],
        rows=rows,
        widths=[0.6, 2, 4, 5],
        aligns=[Align.RIGHT],
    )


def _problems() -> Sequence[Block]:
    return [
        PageBreak(),
        Heading(level=2, text=words.PROBLEMS_TITLE),
        Paragraph(text=words.PROBLEMS_LEAD),
        Items(lines=words.PROBLEMS, is_numbered=True),
        *(Paragraph(text=line) for line in words.PROBLEMS_END),
        origin("原資料 14頁"),
    ]


def keiyu_jimu(round_: Round) -> Chapter:
    """Return the procedures that pass through a body, and how they shall go (経由事務関係)."""
    report, laid_out = _report("keiyu-jimu", round_)
    entries = laid_out.rows
    return Chapter(
        blocks=[
            *opening("経由事務関係"),
            Heading(level=2, text=words.KEIYU_JIMU_TITLE),
            Paragraph(
                text=f"地方公共団体が経由して処理している経由事務：{laid_out.total:,} 手続",
                is_bold=True,
            ),
            _keiyu_jimu_table(laid_out),
            origin(sources_of(entries)),
            *_review(words.KEIYU_JIMU_REVIEW, "手順", words.KEIYU_JIMU_STEPS),
            origin("原資料 17頁（図を表にしたもの）"),
        ],
        sheets=[sheet_of("keiyu_jimu", report.table, ["group_code", "title"])],
        figures=[_total_figure("keiyu_jimu", laid_out)],
        checks=checks_of(report),
    )


def _keiyu_jimu_table(laid_out: PrintedRegister) -> TableBlock:
    entries = laid_out.rows
    rows = rows_from(
        [
            spanned([_group_of(entry) for entry in entries]),
            [_kind_of(entry) for entry in entries],
            [f"{entry.quantity or 0:,}" for entry in entries],
            [entry.examples for entry in entries],
            spanned([entry.response_policy for entry in entries]),
        ]
    )
    return TableBlock(
        caption="経由事務の分類と対応方針",
        header=[[Cell(text="分類", columns=2), "手続数", "主な例", "対応方針"]],
        rows=[*rows, _sum_row(laid_out, label_columns=2, columns=5)],
        widths=[2.4, 1.6, 0.8, 4, 2.6],
        aligns=[Align.LEFT, Align.LEFT, Align.RIGHT],
    )


def _review(title: str, subject: str, steps: Sequence[tuple[str, str, str]]) -> list[Block]:
    """The page that sets the way it goes beside the way it shall go (見直し)."""
    return [
        PageBreak(),
        Heading(level=2, text=title),
        TableBlock(
            caption="手順の比較",
            header=[[subject, "As is（現在）", "To be（見直し後）"]],
            rows=steps,
            widths=[1, 3, 3],
        ),
    ]


def _group_of(entry: RegisterEntry) -> str:
    """The group as the source prints it: 「２．経由しているもの」 stands over its groups A to C."""
    part, _, code = entry.group_code.partition("-")
    over = words.KEIYU_JIMU_PARTS.get(part) if code else None
    if over is None:
        return f"{entry.group_code}．{entry.group_label}"
    return f"{part}．{over}\n{code}．{entry.group_label}"


def _kind_of(entry: RegisterEntry) -> str:
    return "－" if entry.title == entry.group_label else entry.title


def keiyu_chosa(round_: Round) -> Chapter:
    """Return the surveys that pass through a body, and how they shall go (経由調査関係)."""
    report, laid_out = _report("keiyu-chosa", round_)
    entries = laid_out.rows
    rows = [[entry.title, f"{entry.quantity or 0:,}", entry.examples] for entry in entries]
    return Chapter(
        blocks=[
            *opening("経由調査関係"),
            Heading(level=2, text=words.KEIYU_CHOSA_TITLE),
            Paragraph(text=words.KEIYU_CHOSA_LEAD),
            Paragraph(text=words.KEIYU_CHOSA_MORE, is_small=True),
            TableBlock(
                caption="所管府省庁別の経由調査数",
                header=[["所管府省庁", "経由調査数", "具体例"]],
                rows=[*rows, _sum_row(laid_out, label_columns=1, columns=3)],
                widths=[1.3, 1, 8],
                aligns=[Align.LEFT, Align.RIGHT],
                notes=[words.KEIYU_CHOSA_BASIS],
            ),
            origin(f"{sources_of(entries)}。※の文は原資料 19頁"),
            *_review(words.KEIYU_CHOSA_REVIEW, "主体", words.KEIYU_CHOSA_STEPS),
            Paragraph(text=words.KEIYU_CHOSA_SORTS),
            Items(lines=words.KEIYU_CHOSA_KINDS),
            origin("原資料 20頁（図を表にしたもの）"),
        ],
        sheets=[sheet_of("keiyu_chosa", report.table, ["title"])],
        figures=[_total_figure("keiyu_chosa", laid_out)],
        checks=checks_of(report),
    )
