"""Findings about cases with what was said of them (案件の点検の見え方)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.core.errors import NotFound
from app.discrepancies.cases import CASE_CHECKS, CaseCheck
from app.discrepancies.cases.findings import CaseFinding, CaseKind
from app.discrepancies.cases.holders import holders_of
from app.discrepancies.cases.other_class import keeps_class_from_reader, not_compared
from app.discrepancies.cases.scope import CaseRow, Scope, found
from app.discrepancies.explained import Explained
from app.discrepancies.findings import Figure
from app.discrepancies.queries import case_explanations
from app.rounds.models import Round

NOT_FOUND = "この指摘は見つかりません。「案件の点検」の一覧から選んでください。"
KINDS = frozenset(kind.value for kind in CaseKind)


@dataclass(frozen=True, kw_only=True)
class CaseStanding(Explained):
    """A finding about a case with its explanations (指摘と説明); None when it is mended."""

    check: CaseCheck
    key: str
    finding: CaseFinding | None

    @property
    def figures(self) -> tuple[Figure, ...] | None:
        """What is found now (見つかったこと)."""
        return self.finding.figures if self.finding else None


@dataclass(frozen=True, kw_only=True)
class CheckedCases:
    """What one check found (点検の項目の結果)."""

    check: CaseCheck
    waiting: list[CaseStanding]
    explained: list[CaseStanding]

    @property
    def total(self) -> int:
        """All that was found, explained or not (見つかった数)."""
        return len(self.waiting) + len(self.explained)


@dataclass(frozen=True, kw_only=True)
class CaseOverview:
    """All that a reader may know of the cases of some rounds (案件の点検の結果)."""

    results: list[CheckedCases]
    holders: Mapping[int, str]
    # Cases whose texts wait to be compared with the others (未比較).
    left_out: int = 0

    @property
    def waiting_cases(self) -> int:
        """Findings about single cases that wait (確かめる件数); pairs are counted apart."""
        return sum(len(row.waiting) for row in self.results if not row.check.is_of_pairs)

    @property
    def waiting_pairs(self) -> int:
        """Pairs that wait (確かめる組の数)."""
        return sum(len(row.waiting) for row in self.results if row.check.is_of_pairs)


def check_cases(reader: User, rounds: Sequence[Round]) -> CaseOverview:
    """Look through the cases of some rounds now (案件の点検)."""
    scope = Scope(reader=reader, rounds=rounds)
    results = _results(scope, CASE_CHECKS)
    cases = [
        case
        for result in results
        for row in (*result.waiting, *result.explained)
        if row.finding is not None
        for case in row.finding.cases
    ]
    return CaseOverview(results=results, holders=holders_of(cases), left_out=not_compared(scope))


def count_waiting(reader: User, rounds: Sequence[Round]) -> int:
    """Number of findings about single cases that wait (確かめる件数), for a home.

    Without the pairs: to compare every text with every other is nothing for a home.
    """
    checks = [check for check in CASE_CHECKS if not check.is_of_pairs]
    results = _results(Scope(reader=reader, rounds=rounds), checks)
    return sum(len(result.waiting) for result in results)


def _results(scope: Scope, checks: Sequence[CaseCheck]) -> list[CheckedCases]:
    said = case_explanations(KINDS)
    results = []
    for check in checks:
        standings = [
            CaseStanding(
                check=check,
                key=finding.key,
                finding=finding,
                explanations=said.get((check.kind.value, finding.key), ()),
            )
            for finding in check.find(scope)
        ]
        results.append(
            CheckedCases(
                check=check,
                waiting=[row for row in standings if row.is_waiting],
                explained=[row for row in standings if not row.is_waiting],
            )
        )
    return results


def get_case_standing(
    kind: str, key: str, reader: User, rounds: Sequence[Round]
) -> tuple[CaseStanding, list[CaseRow]]:
    """Return one finding, also one that is mended, with its cases (指摘). Raises NotFound.

    Every case of it must be known to the reader, and the classes of a pair open to the reader.
    """
    check = next((row for row in CASE_CHECKS if row.kind.value == kind), None)
    ids = _ids(key)
    scope = Scope(reader=reader, rounds=rounds).of(ids)
    cases = [row.case for row in found(scope.select())] if check and ids else []
    if check is None or len(cases) != len(ids) or not cases:
        raise NotFound(NOT_FOUND)
    if check.is_of_pairs and keeps_class_from_reader(scope):
        raise NotFound(NOT_FOUND)
    standing = CaseStanding(
        check=check,
        key=key,
        finding=next((row for row in check.find(scope) if row.key == key), None),
        explanations=case_explanations({kind}, key).get((kind, key), ()),
    )
    if standing.finding is None and not standing.explanations:
        raise NotFound(NOT_FOUND)
    return standing, cases


def _ids(key: str) -> tuple[int, ...]:
    """The ids that a key names; none for what is no key. An id of a database has 9 digits."""
    parts = key.split("-")
    is_key = all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts)
    return tuple(sorted({int(part) for part in parts})) if is_key and len(parts) <= 2 else ()
