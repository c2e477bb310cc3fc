"""Findings with what was said of them (食い違いの見え方): waiting, explained, or gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.core.errors import NotFound
from app.discrepancies.checks import CHECKS, Check
from app.discrepancies.checks.facts import Facts
from app.discrepancies.explained import Explained
from app.discrepancies.findings import Figure, Finding
from app.discrepancies.queries import explanations_of
from app.reports.cases import has_any_conflict
from app.rounds.models import Round

NOT_FOUND = "この食い違いは見つかりません。「食い違い」の一覧から選んでください。"
CONFLICT_NOTE = (
    "利益相反の申告がある間は、提案の件数に関わる確認を示しません。"
    "件数に関わる食い違いは、ほかの担当が説明します。"
)


@dataclass(frozen=True, kw_only=True)
class Standing(Explained):
    """A discrepancy with its explanations, the newest first (食い違いと説明).

    `finding` is None when the figures agree by now, or are not compared while cases are on the
    desk: what was said stays readable.
    """

    check: Check
    key: str
    finding: Finding | None

    @property
    def figures(self) -> tuple[Figure, ...] | None:
        """The figures that do not agree now (今の数)."""
        return self.finding.figures if self.finding else None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All that a reader may know of the discrepancies of a round (食い違いの一覧)."""

    checks: Sequence[Check]
    standings: Sequence[Standing]
    is_whole: bool

    @property
    def found(self) -> list[Standing]:
        """What does not agree now (食い違い), those that wait in front."""
        now = [row for row in self.standings if row.finding is not None]
        return sorted(now, key=lambda row: row.is_explained)

    @property
    def gone(self) -> list[Standing]:
        """What was explained and is not found now (今は出ていない食い違い)."""
        return [row for row in self.standings if row.finding is None]

    @property
    def waiting(self) -> int:
        """Number of those that wait for an explanation (説明待ちの数)."""
        return sum(row.is_waiting for row in self.standings)

    def count_of(self, check: Check) -> int:
        """Number of discrepancies a check finds now (見つかった数)."""
        return sum(row.check is check and row.finding is not None for row in self.standings)


def discrepancies_of(round_: Round, reader: User) -> Overview:
    """Look for what does not agree in a round now (食い違いの確認).

    A reader with any conflict in force is shown no check that counts cases: with hidden cases the
    figures would differ from those that others explained, and the difference would tell of them.
    """
    is_whole = not has_any_conflict(reader)
    checks = [check for check in CHECKS if is_whole or not check.counts_cases]
    facts, explained = Facts(round_), explanations_of(round_)
    standings: list[Standing] = []
    for check in checks:
        findings = {finding.key: finding for finding in check.find(facts)}
        keys = [*findings, *(key for kind, key in explained if kind == check.kind.value)]
        standings += [
            Standing(
                check=check,
                key=key,
                finding=findings.get(key),
                explanations=explained.get((check.kind.value, key), ()),
            )
            for key in dict.fromkeys(keys)
        ]
    return Overview(checks=checks, standings=standings, is_whole=is_whole)


def get_standing(round_: Round, kind: str, key: str, reader: User) -> Standing:
    """Return one discrepancy, also one that is gone (食い違い). Raises NotFound."""
    for row in discrepancies_of(round_, reader).standings:
        if (row.check.kind.value, row.key) == (kind, key):
            return row
    raise NotFound(NOT_FOUND)
