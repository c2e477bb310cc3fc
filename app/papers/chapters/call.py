"""The chapter on the call (提案募集関係): 概要, 分類別の件数, ペンディング."""

from collections.abc import Sequence

from app.core.clock import to_jst
from app.core.document import (
    Align,
    Block,
    Cell,
    Heading,
    KeyValues,
    PageBreak,
    Paragraph,
    Shade,
    TableBlock,
)
from app.core.eras import format_date, format_datetime
from app.papers import words
from app.papers.chapters import Chapter, opening, origin
from app.papers.chapters.tables import checks_of, sheet_of
from app.papers.stored import Check, Figure
from app.reports.classification import Classification, Section, build_classification
from app.reports.intake import Intake, build_intake
from app.reports.pending import PendingList, build_pending
from app.reports.published import (
    ORGANIZATIONS,
    PENDING,
    PROPOSALS,
    category_figure,
    org_type_figure,
)
from app.reports.report import Amount, Report, SumCheck
from app.rounds.models import Round


def call(round_: Round) -> Chapter:
    """Return what was received, how it was sorted and what waits (提案募集関係)."""
    intake, classes, pending = (
        build(round_) for build in (build_intake, build_classification, build_pending)
    )
    counted_on = format_datetime(classes.counted_at)
    return Chapter(
        blocks=[
            *opening("提案募集関係"),
            *_intake_blocks(round_, intake),
            *_classification_blocks(round_, classes),
            *_pending_blocks(round_, pending),
            origin(f"{round_.label}の提案（{counted_on}に集計）"),
        ],
        sheets=[
            sheet_of("intake", intake.table, ["item"]),
            sheet_of("classification", classes.table, ["code"]),
            sheet_of("pending", pending.table, ["number"]),
        ],
        figures=[*_intake_figures(intake), *_class_figures(classes)],
        checks=[
            *checks_of(intake),
            *checks_of(classes),
            _classified_sum(classes),
            *checks_of(pending),
        ],
    )


def _intake_blocks(round_: Round, report: Report) -> list[Block]:
    counted = report.content
    assert isinstance(counted, Intake)
    opens, closes = (to_jst(moment).date() for moment in (round_.opens_at, round_.closes_at))
    pairs = [("【募集期間】", f"{format_date(opens)}～{format_date(closes)}")]
    briefing = words.BRIEFINGS.get(round_.key)
    if briefing is not None:
        pairs.append(("【説明動画】", f"{briefing.since} {briefing.views}（原資料 5頁）"))
    pairs.append(("【提案件数】", f"{counted.totals.proposals:,}件"))
    pairs.append(("【提案団体】", f"{counted.totals.organizations:,}団体"))
    notes = [counted.ward_note] if counted.ward_note else []
    return [
        Heading(level=2, text=f"{round_.name}（概要）"),
        KeyValues(pairs=pairs),
        TableBlock(
            caption="提案団体の内訳",
            header=[["団体種別", "団体数"]],
            rows=[
                *([line.label, f"{line.organizations:,}団体"] for line in counted.lines),
                _total_row("計", f"{counted.totals.organizations:,}団体"),
            ],
            widths=[2, 1],
            aligns=[Align.LEFT, Align.RIGHT],
            notes=notes,
        ),
    ]


def _total_row(label: str, amount: str, *more: str) -> list[Cell | str]:
    cells = (label, amount, *more)
    return [Cell(text=text, shade=Shade.LIGHT, is_bold=True) for text in cells]


def _classification_blocks(round_: Round, report: Report) -> list[Block]:
    counted = report.content
    assert isinstance(counted, Classification)
    rows: list[list[Cell | str]] = []
    for section in counted.sections:
        rows += _section_rows(section)
    if counted.undecided:
        rows.append([Cell(text="仕分け中（分類未定）", columns=2), f"{counted.undecided:,}件", ""])
    total = Cell(text="分類済み 計", columns=2, shade=Shade.LIGHT, is_bold=True)
    rows.append([total, *_total_row(f"{counted.classified:,}件", "")])
    return [
        PageBreak(),
        Heading(level=2, text=round_.name),
        TableBlock(
            caption="分類別の件数と対応方針",
            header=[[Cell(text="分類", columns=2), "提案募集", "対応方針"]],
            rows=rows,
            widths=[0.9, 4, 0.9, 4],
            aligns=[Align.LEFT, Align.LEFT, Align.RIGHT, Align.LEFT],
            notes=[f"※ペンディング{counted.pending:,}件あり（次の表）"] if counted.pending else [],
        ),
    ]


def _section_rows(section: Section) -> list[list[Cell | str]]:
    rows: list[list[Cell | str]] = []
    for number, line in enumerate(section.lines):
        label = f"{line.code}{'.' if not section.code else ' '}{line.label}"
        cells: list[Cell | str] = [label, f"{line.count:,}件", line.response_policy]
        if not section.code:
            cells[0] = Cell(text=label, columns=2)
        elif number == 0:
            group = f"{section.code}.{''.join(section.label_lines)}"
            cells.insert(0, Cell(text=group, rows=len(section.lines)))
        rows.append(cells)
    return rows


def _pending_blocks(round_: Round, report: Report) -> list[Block]:
    counted = report.content
    assert isinstance(counted, PendingList)
    beginning: list[Block] = [
        PageBreak(),
        Heading(level=2, text=f"{round_.name}（ペンディングしているもの）"),
    ]
    if not counted.lines:
        return [*beginning, Paragraph(text="ペンディングしている提案はありません。")]
    return [
        *beginning,
        TableBlock(
            caption=f"ペンディングしているもの（{len(counted.lines)}件）",
            header=[["#", "提案概要", "提案詳細", "団体種別"]],
            rows=[[line.number, line.title, line.detail, line.org_type] for line in counted.lines],
            widths=[0.5, 2.2, 7, 1.3],
            aligns=[Align.RIGHT],
        ),
    ]


def _intake_figures(report: Report) -> list[Figure]:
    counted = report.content
    assert isinstance(counted, Intake)
    return [
        Figure(name=PROPOSALS, label="提案件数", value=counted.totals.proposals, unit="件"),
        Figure(
            name=ORGANIZATIONS,
            label="提案団体",
            value=counted.totals.organizations,
            unit="団体",
        ),
        *(
            Figure(
                name=org_type_figure(line.key),
                label=line.label,
                value=line.organizations,
                unit="団体",
            )
            for line in counted.lines
        ),
    ]


def _class_figures(report: Report) -> list[Figure]:
    counted = report.content
    assert isinstance(counted, Classification)
    return [
        *(
            Figure(
                name=category_figure(line.key),
                label=f"分類{line.code}",
                value=line.count,
                unit="件",
            )
            for line in counted.lines
        ),
        Figure(name=PENDING, label="ペンディング", value=counted.pending, unit="件"),
    ]


def _classified_sum(report: Report) -> Check:
    """The classes as printed, one by one, make what is left without those that wait (検算)."""
    counted = report.content
    assert isinstance(counted, Classification)
    waiting = counted.pending + counted.undecided
    check = SumCheck(
        parts=_amounts(counted.sections),
        whole=Amount("提案から分類の決まらないものを除いた数", counted.proposals - waiting),
    )
    return Check(words=f"{report.title}：{check.words}", is_ok=check.is_ok)


def _amounts(sections: Sequence[Section]) -> tuple[Amount, ...]:
    return tuple(Amount(line.code, line.count) for section in sections for line in section.lines)
