"""Two deadlines of one round (2つの締切)."""

from collections.abc import Iterator
from datetime import datetime

from app.candidates.models import Candidate
from app.core.clock import to_jst
from app.core.eras import format_datetime
from app.discrepancies.candidates import printed_deadline
from app.discrepancies.checks.facts import Facts
from app.discrepancies.checks.places import LIST_NAME, candidate_place, round_place
from app.discrepancies.findings import Figure, Finding, Kind
from app.rounds.models import Round


def find_deadlines(facts: Facts) -> list[Finding]:
    """Find other ends than that of the round: before a change, or printed in the list (締切)."""
    round_ = facts.round
    earlier = list(_earlier_ends(round_))
    printed = list(_printed_ends(facts))
    if not earlier and not printed:
        return []
    said = [f"変更前の締切の{format_datetime(end)}" for end, _reason in earlier]
    said += [f"{LIST_NAME}にある「{text}」" for _candidate, text in printed]
    words = [format_datetime(end) for end, _reason in earlier] + [text for _row, text in printed]
    closes = format_datetime(round_.closes_at)
    places = [round_place(round_)]
    places += [candidate_place(candidate) for candidate, _text in printed]
    return [
        Finding(
            kind=Kind.DEADLINES,
            key="closing",
            sentence=f"この募集回の締切は{closes}ですが、{'と、'.join(said)}もあります。",
            figures=(Figure("募集回の締切", closes), *(Figure("別の締切", text) for text in words)),
            places=tuple(places),
            hint="".join(f"期限を変えたときの理由：{reason}" for _end, reason in earlier),
        )
    ]


def _earlier_ends(round_: Round) -> Iterator[tuple[datetime, str]]:
    for change in round_.closing_changes:
        if change.old_closes_at != round_.closes_at:
            yield change.old_closes_at, change.reason


def _printed_ends(facts: Facts) -> Iterator[tuple[Candidate, str]]:
    closes_on = to_jst(facts.round.closes_at).date()
    for candidate in facts.candidates:
        printed = printed_deadline(candidate)
        if printed and printed != (closes_on.month, closes_on.day):
            yield candidate, f"{printed[0]}/{printed[1]}〆"
