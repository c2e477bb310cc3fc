"""The last chapters (対象候補・共通化推進方針)."""

import re
from collections.abc import Sequence
from itertools import groupby

from app.candidates.models import Candidate, CandidateSection
from app.candidates.printing import print_ministries
from app.candidates.queries import all_candidates_of
from app.core.clock import to_jst
from app.core.document import Align, Block, Cell, Paragraph, Shade, TableBlock
from app.core.eras import fiscal_year, format_year
from app.papers import words
from app.papers.chapters import Chapter, opening, origin
from app.papers.stored import Check, Figure, Sheet
from app.registers.models import Register, RegisterEntry
from app.registers.queries import rows_of
from app.rounds.models import Round
from app.workflow.candidates import (
    CANDIDATE_KIND_LABELS,
    CANDIDATE_ORIGIN_LABELS,
    CANDIDATE_STATE_LABELS,
    CandidateKind,
)

INDENT = "　"
# What a line of the list says of a register: （232調査）, （167手続）.
_QUOTED = re.compile(r"（([0-9,]+)(調査|手続)）")
# The procedures whose policy begins with this are the ones the list speaks of (動産の検査等).
MOVABLES = "動産"


def candidates(round_: Round) -> Chapter:
    """Return the list of the candidates by section (対象候補（案）)."""
    found = all_candidates_of(round_)
    title = f"{round_.label}度共通化の対象候補（案）"
    year = fiscal_year(to_jst(round_.opens_at).date())
    lead = [
        line.format(year=format_year(year), due=f"{format_year(year + 1)}３月")
        for line in words.CANDIDATES_LEAD
    ]
    blocks: list[Block] = [
        # One page, as in the source: the list needs all of it.
        *opening(title),
        *(Paragraph(text=f"・ {line}") for line in lead),
    ]
    if found:
        blocks += [_list_of(found), Paragraph(text=words.CANDIDATES_NOTE, is_small=True)]
    else:
        blocks.append(Paragraph(text="この募集回の対象候補は、まだ登録されていません。"))
    return Chapter(
        blocks=[*blocks, origin("登録されている対象候補の一覧。文は原資料 22頁")],
        sheets=[_sheet(found, title)],
        figures=[
            Figure(name=f"candidates:{kind}", label=label, value=_count(found, kind), unit="件")
            for kind, label in CANDIDATE_KIND_LABELS.items()
        ],
        checks=_quoted_figures(found),
    )


def _list_of(found: Sequence[Candidate]) -> TableBlock:
    rows: list[list[str | Cell]] = []
    told = set()
    for section, group in groupby(found, key=_section_of):
        members = list(group)
        part = section.split("(")[0]
        if part in words.CANDIDATE_PARTS and part not in told:
            told.add(part)
            rows.append([_heading(f"{part}．{words.CANDIDATE_PARTS[part]}")])
        # A line of no section stands at the end, without a heading, as in the source.
        if section:
            rows.append([_heading(_section_words(members[0].section))])
        rows += [
            [
                row.printed_mark,
                row.system,
                print_ministries(row.ministries),
                "".join(f"【{mark}】" for mark in (_origin_of(row), _provisional(row)) if mark),
            ]
            for row in members
        ]
    return TableBlock(
        caption="",
        header=[["番号", "業務・システム", "府省庁", "由来"]],
        rows=rows,
        widths=[0.6, 6, 4, 1.6],
        aligns=[Align.CENTER],
        notes=[words.CANDIDATE_MARKS],
    )


def _section_words(section: CandidateSection | None) -> str:
    """The heading as the source prints it: 「Ⅰ．…」, and 「(1) …」 below 「Ⅱ．…」."""
    if section is None:
        return ""
    part, bracket, rest = section.code.partition("(")
    return f"({rest} {section.title}" if bracket else f"{part}．{section.title}"


def _heading(text: str) -> Cell:
    return Cell(text=text, columns=4, shade=Shade.LIGHT, is_bold=True, align=Align.LEFT)


def _section_of(row: Candidate) -> str:
    return row.section.printed if row.section else ""


def _origin_of(row: Candidate) -> str:
    return CANDIDATE_ORIGIN_LABELS[row.origin] if row.origin else ""


def _provisional(row: Candidate) -> str:
    return "P" if row.is_provisional else ""


def _count(found: Sequence[Candidate], kind: CandidateKind) -> int:
    return sum(row.kind is kind for row in found)


def _sheet(found: Sequence[Candidate], title: str) -> Sheet:
    return Sheet(
        name="candidates",
        title=title,
        rows={
            row.system: {
                "番号": row.printed_mark,
                "区分": _section_of(row),
                "業務・システム": row.system,
                "府省庁": print_ministries(row.ministries),
                "由来": _origin_of(row),
                "状態": CANDIDATE_STATE_LABELS[row.state],
                "仮": _provisional(row),
            }
            for row in found
        },
    )


def _quoted_figures(found: Sequence[Candidate]) -> list[Check]:
    """Numbers a line of the list quotes from a register, held against the register (検算)."""
    checks = []
    for row in found:
        for quoted, unit in _QUOTED.findall(row.system):
            counted = _counted(unit)
            is_ok = counted == int(quoted.replace(",", ""))
            sign = "＝" if is_ok else "≠"
            label = "経由調査" if unit == "調査" else "動産・不動産の検査等を伴う経由事務"
            line = f"対象候補：{row.printed_mark}の {quoted}{unit} {sign} 台帳の{label} {counted:,}"
            checks.append(Check(words=f"{line}{unit}", is_ok=is_ok))
    return checks


def _counted(unit: str) -> int:
    register = Register.KEIYU_CHOSA if unit == "調査" else Register.KEIYU_JIMU
    return sum(
        entry.quantity or 0
        for entry in rows_of(register)
        if not entry.is_retired and (unit == "調査" or _is_of_movables(entry))
    )


def _is_of_movables(entry: RegisterEntry) -> bool:
    return entry.response_policy.startswith(MOVABLES)


def plan_outline() -> Chapter:
    """Return the outline of a plan (共通化推進方針の粗いイメージ)."""
    return Chapter(
        blocks=[
            *opening(words.PLAN_TITLE),
            *(
                Paragraph(text=INDENT * (depth - 1) + line, is_bold=depth == 1)
                for depth, line in words.PLAN_LINES
            ),
            *(Paragraph(text=line) for line in words.PLAN_EXAMPLES),
            origin("原資料 23頁"),
        ]
    )
