"""What was received in a round (募集の概要): period, proposals, bodies by type."""

from collections import Counter
from dataclasses import dataclass

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import OrganizationType, OrgType, User
from app.core import clock
from app.core.clock import to_jst
from app.core.tabular import Column, Table
from app.reports.cases import RoundCases, round_cases
from app.reports.counting import NOW, Basis, Counting
from app.reports.published import ORGANIZATIONS, PROPOSALS, Counted, org_type_figure
from app.reports.queries import (
    BodyCount,
    RoundTotals,
    SharingCounts,
    body_counts,
    round_totals,
    sharing_counts,
    type_periods,
)
from app.reports.reader import comparison_of, notes_for
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round

NAME = "intake"
TITLE = "募集の概要"
# The rows of the meeting paper, in its order; the others stand below when there are any.
SOURCE_TYPES = (
    OrgType.PREFECTURE,
    OrgType.DESIGNATED_CITY,
    OrgType.CORE_CITY,
    OrgType.CITY,
    OrgType.TOWN_VILLAGE,
)
FURTHER_TYPES = (OrgType.SPECIAL_WARD, OrgType.UNION)
UNKNOWN_KEY = "unknown"
UNKNOWN_LABEL = "種別の記録なし"

COLUMNS = (
    Column("item", "項目", width=36),
    Column("value", "値", width=16),
    Column("unit", "単位", width=8),
)
RECORD_COLUMNS = (Column("key", "キー"), *COLUMNS)


@dataclass(frozen=True, kw_only=True)
class TypeLine:
    """Bodies of one type and their proposals (団体種別の行)."""

    key: str
    label: str
    organizations: int
    proposals: int
    # A row that holds bodies of another type too, or of none, has no list of its own.
    is_linkable: bool


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What was received in a round (募集の概要)."""

    lines: tuple[TypeLine, ...]
    totals: RoundTotals
    sharing: SharingCounts
    special_wards: int
    special_ward_row: OrgType

    @property
    def largest(self) -> int:
        """The longest bar (最大の団体数)."""
        return max((line.organizations for line in self.lines), default=0)

    def share_of(self, organizations: int) -> float | None:
        """Fraction of all proposing bodies (割合), None while there are none."""
        return organizations / self.totals.organizations if self.totals.organizations else None

    @property
    def ward_note(self) -> str:
        """In which row the special wards are, when they have none of their own (特別区の扱い)."""
        if not self.special_wards or self.special_ward_row is OrgType.SPECIAL_WARD:
            return ""
        row = ORG_TYPE_LABELS[self.special_ward_row]
        return f"特別区{self.special_wards}団体は、「{row}」に数えています。"


def build_intake(round_: Round, reader: User | None = None, counting: Counting = NOW) -> Report:
    """Count what was received in the round (募集の概要), without what is kept from the reader.

    A body counts once, under the type it had on the day of its first submission.
    """
    cases = round_cases(round_, reader, counting)
    counted = count_intake(round_, cases, counting)
    checks = _identities(counted, counting)
    comparison = comparison_of(round_, cases, counting, _counted_figures(counted))
    rows = [*_period_rows(round_), *_count_rows(counted)]
    title = f"{TITLE}（{round_.label}）"
    wards = (counted.ward_note,) if counted.ward_note else ()
    notes = (*wards, *notes_for(cases, counting), *notes_of(checks, comparison))
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=counted.totals.proposals,
        table=Table(title=title, columns=COLUMNS, rows=rows, notes=notes),
        records=Table(title=title, columns=RECORD_COLUMNS, rows=rows, notes=notes),
        checks=checks,
        comparison=comparison,
        content=counted,
        counting=counting,
        is_whole=cases.is_whole,
    )


def count_intake(
    round_: Round, cases: RoundCases | None = None, counting: Counting = NOW
) -> Intake:
    """Add proposals and bodies of the round up (募集の概要); all of now where none are given."""
    cases = cases or round_cases(round_, None, counting)
    bodies = body_counts(cases)
    periods = type_periods([body.organization_id for body in bodies])
    organizations: Counter[OrgType | None] = Counter()
    proposals: Counter[OrgType | None] = Counter()
    special_wards = 0
    for body in bodies:
        org_type = _type_at_submission(periods.get(body.organization_id, []), body)
        if org_type is OrgType.SPECIAL_WARD:
            special_wards += 1
            org_type = round_.special_ward_counts_as
        organizations[org_type] += 1
        proposals[org_type] += body.proposals
    ward_row = round_.special_ward_counts_as
    mixed = ward_row if special_wards and ward_row is not OrgType.SPECIAL_WARD else None
    return Intake(
        lines=tuple(_lines(organizations, proposals, mixed)),
        totals=round_totals(round_, cases, counting),
        sharing=sharing_counts(cases, counting),
        special_wards=special_wards,
        special_ward_row=ward_row,
    )


def _type_at_submission(periods: list[OrganizationType], body: BodyCount) -> OrgType | None:
    day = to_jst(body.first_submitted_at).date()
    for period in periods:
        if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
            return period.org_type
    return None


def _lines(
    organizations: Counter[OrgType | None],
    proposals: Counter[OrgType | None],
    mixed: OrgType | None,
) -> list[TypeLine]:
    shown: list[OrgType | None] = [*SOURCE_TYPES]
    shown += [org_type for org_type in (*FURTHER_TYPES, None) if organizations[org_type]]
    return [
        TypeLine(
            key=org_type or UNKNOWN_KEY,
            label=ORG_TYPE_LABELS[org_type] if org_type else UNKNOWN_LABEL,
            organizations=organizations[org_type],
            proposals=proposals[org_type],
            is_linkable=org_type not in (None, mixed),
        )
        for org_type in shown
    ]


def _row(key: str, item: str, value: object, unit: str = "") -> dict[str, object]:
    return {"key": key, "item": item, "value": value, "unit": unit}


def _period_rows(round_: Round) -> list[dict[str, object]]:
    rows = [
        _row("name", "募集の名称", round_.name),
        _row("opens_on", "募集開始日", to_jst(round_.opens_at).date()),
        _row("closes_on", "募集期限", to_jst(round_.closes_at).date()),
    ]
    rows += [
        _row(
            f"closes_on_before_change_{number}",
            f"変更前の募集期限（{number}回目の変更）",
            to_jst(change.old_closes_at).date(),
        )
        for number, change in enumerate(round_.closing_changes, start=1)
    ]
    return rows


def _count_rows(counted: Intake) -> list[dict[str, object]]:
    totals = counted.totals
    bodies = [
        _row(line.key, f"提案団体のうち{line.label}", line.organizations, "団体")
        for line in counted.lines
    ]
    return [
        _row(PROPOSALS, "提案件数", totals.proposals, "件"),
        _row("late_proposals", "提案件数のうち期限後受付", totals.late, "件"),
        _row("withdrawn_proposals", "取下げ（提案件数に含めない）", totals.withdrawn, "件"),
        _row(ORGANIZATIONS, "提案団体数", totals.organizations, "団体"),
        *bodies,
        *_sharing_rows(counted.sharing),
    ]


def _sharing_rows(sharing: SharingCounts) -> list[dict[str, object]]:
    return [
        _row("partner_organizations", "共同提案団体数", sharing.partners, "団体"),
        _row("joining_organizations", "追加共同提案団体数", sharing.joiners, "団体"),
        _row(
            "all_organizations",
            "団体の実数（提案・共同提案・追加共同提案の重なりを除く）",
            sharing.all_bodies,
            "団体",
        ),
    ]


def _identities(counted: Intake, counting: Counting) -> tuple[SumCheck, ...]:
    totals = counted.totals
    by_type = tuple(Amount(line.label, line.organizations, "団体") for line in counted.lines)
    bodies = SumCheck(parts=by_type, whole=Amount("提案団体", totals.organizations, "団体"))
    if totals.numbers is None:
        return (bodies,)
    received = [Amount("提案", totals.proposals), Amount("取下げ", totals.withdrawn)]
    words = "受付番号の数"
    if counting.basis is Basis.MERGED:
        received.append(Amount("統合・分割の取消し", totals.joined))
        words = "受付番号と枝番の数"
    # Receipt numbers are gapless: whatever has one is counted, was withdrawn or went elsewhere.
    return (bodies, SumCheck(parts=tuple(received), whole=Amount(words, totals.numbers)))


def _counted_figures(counted: Intake) -> list[Counted]:
    return [
        (PROPOSALS, "提案件数", counted.totals.proposals),
        (ORGANIZATIONS, "提案団体数", counted.totals.organizations),
        *((org_type_figure(line.key), line.label, line.organizations) for line in counted.lines),
    ]
