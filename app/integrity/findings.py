"""What a rule of the integrity check says (整合性の指摘): what is wrong, where, what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

# Findings of one rule that are kept with their words; the rest are counted. A database that is
# broken throughout must not fill the memory of whoever looks.
KEPT_FINDINGS = 50


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong (指摘)."""

    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}。→ {self.todo}"


@dataclass
class Tally:
    """What one rule looked at and found (検証の結果): memory stays bounded."""

    examined: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)
    # What the reader has to know of how far this look reached (備考).
    note: str = ""

    def look(self, number: int = 1) -> None:
        """Count what was looked at (調べた件数)."""
        self.examined += number

    def add(self, where: str, what: str, todo: str) -> None:
        """Count a finding, and keep it while there are few (指摘を加える)."""
        self.found += 1
        if len(self.findings) < KEPT_FINDINGS:
            self.findings.append(Finding(where=where, what=what, todo=todo))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)


Look = Callable[[Connection, Tally], None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the integrity check (検証の規則). `unit` is what it counts."""

    name: str
    title: str
    unit: str
    look: Look
