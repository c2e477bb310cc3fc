"""Proposals held against the printed candidates (対象候補との食い違い)."""

from app.candidates.models import Candidate
from app.discrepancies.candidates import PROPOSAL_ORIGIN, key_of
from app.discrepancies.checks.facts import Facts
from app.discrepancies.checks.places import (
    LIST_NAME,
    candidate_place,
    category_place,
    list_place,
)
from app.discrepancies.findings import Figure, Finding, Kind, Place
from app.discrepancies.queries import pending_cases
from app.workflow.candidates import CANDIDATE_ORIGIN_LABELS
from app.workflow.states import FollowUp

MARK = "【P】"
ORIGIN = f"【{CANDIDATE_ORIGIN_LABELS[PROPOSAL_ORIGIN]}】"


def find_candidate_pending(facts: Facts) -> list[Finding]:
    """Find candidates marked 【P】 whose cases are put off (【P】の候補とペンディング)."""
    marked = [row for row in facts.candidates if row.is_provisional]
    numbers = pending_cases([row.id for row in marked])
    return [_pending_finding(row, numbers[row.id]) for row in marked if row.id in numbers]


def _pending_finding(candidate: Candidate, numbers: list[str]) -> Finding:
    cases = [
        Place(label=number, endpoint="casework.show", arguments={"receipt_number": number})
        for number in numbers
    ]
    mark = candidate.printed_mark
    return Finding(
        kind=Kind.CANDIDATE_PENDING,
        key=key_of(candidate),
        sentence=(
            f"{LIST_NAME}に{mark}「{candidate.system}」が{MARK}付きで載っていますが、"
            f"それにつないだ提案{len(numbers)}件（{'、'.join(numbers)}）はペンディングです。"
        ),
        figures=(
            Figure("対象候補", f"{mark}{MARK}"),
            Figure("ペンディングの提案", f"{len(numbers)}件（{'、'.join(numbers)}）"),
        ),
        places=(candidate_place(candidate), *cases),
    )


def find_candidate_origin(facts: Facts) -> list[Finding]:
    """Find another number of proposals for candidates than candidates of 提案募集 (候補の由来)."""
    categories = [
        row for row in facts.round.scheme.categories if row.follow_up is FollowUp.CANDIDATE
    ]
    if not facts.candidates or not categories:
        return []
    of_call = [
        row for row in facts.candidates if row.mark is not None and row.origin is PROPOSAL_ORIGIN
    ]
    count = facts.settled_count(categories)
    if not count or count == len(of_call):
        return []
    codes = "、".join(row.code for row in categories)
    which = "".join(row.printed_mark for row in of_call) or "なし"
    return [
        Finding(
            kind=Kind.CANDIDATE_ORIGIN,
            key="class-candidates",
            sentence=(
                f"分類{codes}（共通化の対象候補とするもの）の提案は{count}件ですが、{LIST_NAME}で"
                f"{ORIGIN}とある候補は{len(of_call)}件（{which}）です。"
            ),
            figures=(
                Figure(f"分類{codes}の提案", f"{count}件"),
                Figure(f"{ORIGIN}の候補", f"{len(of_call)}件（{which}）"),
            ),
            places=(
                *(category_place(facts.round, row) for row in categories),
                list_place(facts.round),
            ),
        )
    ]
