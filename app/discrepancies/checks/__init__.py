"""What is held against what (食い違いの確認): a table of checks, each found anew when asked.

To add one: a kind, a function from `Facts` to findings, a line in `CHECKS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.discrepancies.checks.candidates import find_candidate_origin, find_candidate_pending
from app.discrepancies.checks.deadlines import find_deadlines
from app.discrepancies.checks.facts import Facts
from app.discrepancies.checks.registers import find_bunken, find_same_figure
from app.discrepancies.findings import Finding, Kind


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check (確認): `counts_cases` tells whether a hidden case would show in its figures."""

    kind: Kind
    title: str
    what: str
    counts_cases: bool
    find: Callable[[Facts], list[Finding]]


CHECKS: tuple[Check, ...] = (
    Check(
        kind=Kind.DEADLINES,
        title="2つの締切",
        what="募集回の締切と、変更前の締切、対象候補（案）の一覧にある締切",
        counts_cases=False,
        find=find_deadlines,
    ),
    Check(
        kind=Kind.SAME_FIGURE,
        title="同じ数、別のもの",
        what="提案の件数と、台帳「経由調査」の調査の数（同じときに出します）",
        counts_cases=True,
        find=find_same_figure,
    ),
    Check(
        kind=Kind.BUNKEN,
        title="分権提案の件数",
        what="分類Bの件数と、同じ年の台帳「分権提案」の行と管理番号の数",
        counts_cases=True,
        find=find_bunken,
    ),
    Check(
        kind=Kind.CANDIDATE_PENDING,
        title="【P】の候補とペンディング",
        what="【P】の付いた対象候補と、それに当たるペンディングの提案",
        counts_cases=True,
        find=find_candidate_pending,
    ),
    Check(
        kind=Kind.CANDIDATE_ORIGIN,
        title="対象候補の件数",
        what="対象候補とする分類の件数と、【提案募集】とある対象候補の数",
        counts_cases=True,
        find=find_candidate_origin,
    ),
)
