"""Proposals held against the printed candidates (対象候補との食い違い)."""

from app.discrepancies.candidates import PROPOSAL_ORIGIN, Candidate
from app.discrepancies.checks.facts import Facts
from app.discrepancies.checks.places import (
    LIST_NAME,
    candidate_place,
    category_place,
    list_place,
)
from app.discrepancies.findings import Figure, Finding, Kind, Place
from app.discrepancies.queries import pending_titles
from app.rounds.models import Round
from app.workflow.states import FollowUp


def find_candidate_pending(facts: Facts) -> list[Finding]:
    """Find candidates marked 【P】 whose proposals are put off (【P】の候補とペンディング)."""
    marked = [row for row in facts.candidates if row.is_provisional and row.words]
    titles = pending_titles(facts.round) if marked else []
    found = []
    for candidate in marked:
        numbers = [number for number, title in titles if candidate.is_meant_by(title)]
        if numbers:
            found.append(_pending_finding(facts.round, candidate, numbers))
    return found


def _pending_finding(round_: Round, candidate: Candidate, numbers: list[str]) -> Finding:
    words = "、または".join(
        "と".join(f"「{word}」" for word in way) + "のどちらも" for way in candidate.words
    )
    cases = [
        Place(label=number, endpoint="casework.show", arguments={"receipt_number": number})
        for number in numbers
    ]
    return Finding(
        kind=Kind.CANDIDATE_PENDING,
        key=candidate.key,
        sentence=(
            f"{LIST_NAME}に{candidate.seq}「{candidate.system}」が【{candidate.mark}】付きで"
            f"載っていますが、それに当たる提案{len(numbers)}件（{'、'.join(numbers)}）は"
            "ペンディングです。"
        ),
        figures=(
            Figure("対象候補", f"{candidate.seq}【{candidate.mark}】"),
            Figure("ペンディングの提案", f"{len(numbers)}件（{'、'.join(numbers)}）"),
        ),
        places=(candidate_place(round_, candidate), *cases),
        hint=f"題名に{words}含む提案を、この候補に当たるものとしています。",
    )


def find_candidate_origin(facts: Facts) -> list[Finding]:
    """Find another number of proposals for candidates than candidates of 提案募集 (候補の由来)."""
    categories = [
        row for row in facts.round.scheme.categories if row.follow_up is FollowUp.CANDIDATE
    ]
    if not facts.candidates or not categories:
        return []
    of_call = [row for row in facts.candidates if row.is_numbered and row.origin == PROPOSAL_ORIGIN]
    count = facts.settled_count(categories)
    if not count or count == len(of_call):
        return []
    codes = "、".join(row.code for row in categories)
    which = "".join(row.seq for row in of_call) or "なし"
    return [
        Finding(
            kind=Kind.CANDIDATE_ORIGIN,
            key="class-candidates",
            sentence=(
                f"分類{codes}（共通化の対象候補とするもの）の提案は{count}件ですが、{LIST_NAME}で"
                f"【{PROPOSAL_ORIGIN}】とある候補は{len(of_call)}件（{which}）です。"
            ),
            figures=(
                Figure(f"分類{codes}の提案", f"{count}件"),
                Figure(f"【{PROPOSAL_ORIGIN}】の候補", f"{len(of_call)}件（{which}）"),
            ),
            places=(
                *(category_place(facts.round, row) for row in categories),
                list_place(facts.round),
            ),
        )
    ]
