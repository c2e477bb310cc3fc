"""Suggestions of a category for a case (分類の候補): quoted words, register row and rule for each.

Nothing to cite, nothing suggested. The rows are read anew each time: a row that was retired or
removed suggests nothing any more. A suggestion decides nothing; the person applies it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS, ControlNumber, RegisterEntry
from app.registers.queries import all_entries, names_of
from app.rounds.queries import available_categories
from app.suggestions.models import Rule
from app.suggestions.ranking import Found, rank
from app.suggestions.row_names import CATEGORY_OF, RowNames, row_names
from app.suggestions.texts import FIELDS, CaseText, Span

# Grows whenever the same text and rows may give another answer: quality is told version by version.
ENGINE_VERSION = "1"

FIELD_LABELS = {
    "title": "提案概要",
    "detail": "提案詳細",
    "requested_measure": "求める措置",
    "hardship_case": "支障事例",
    "effect": "効果",
    "bunken_control_number": "管理番号",
}


@dataclass(frozen=True)
class Suggestion:
    """A register row that speaks for a category (候補), with the words it rests on.

    `terms` are the shared words as typed, `score` the chance (0–1) that the row is the right one.
    """

    category_key: str
    category_code: str
    entry: RegisterEntry
    span: Span
    rule: Rule
    terms: tuple[str, ...]
    name: str
    score: float

    @property
    def rule_words(self) -> str:
        """The rule in words (候補の規則): 台帳 密接関連業務システム 8 の名称が文中にある→C."""
        row = f"台帳 {REGISTER_LABELS[self.entry.register]} {self.entry.number}"
        return f"{row} {_REASONS[self.rule].format(name=self.name)}→{self.category_code}"


_REASONS = {
    Rule.CONTROL_NUMBER: "の管理番号が書かれている",
    Rule.NAME: "「{name}」が文中にある",
    Rule.EXAMPLE: "の例「{name}」に当たる語がある",
    Rule.SURVEY: "{name}の調査について述べている",
    Rule.WORDS: "「{name}」と同じ語がある",
    Rule.MEANING: "と意味の近い文がある",
}


def suggest(proposal: Proposal, entries: Sequence[RegisterEntry] | None = None) -> list[Suggestion]:
    """Suggest register rows with their categories, best first (分類の候補); often none.

    `entries` are the rows in use, where the caller has read them already. Only categories that the
    scheme of the round has today are suggested.
    """
    rows = all_entries() if entries is None else entries
    codes = {row.key: row.code for row in available_categories(proposal.round)}
    used = [row for row in rows if CATEGORY_OF[row.register] in codes and not row.is_retired]
    by_id = {row.id: row for row in used}
    case = case_text(proposal)
    found = rank(case, _names(case, proposal, used))
    return [_suggestion(item, by_id, codes) for item in found]


def case_text(proposal: Proposal) -> CaseText:
    """What of a proposal is compared (提案の文)."""
    ministry = proposal.ministry.name if proposal.ministry else ""
    fields = {name: str(getattr(proposal, name)) for name in FIELDS}
    return CaseText(fields, ministry, proposal.bunken_control_number)


def _names(case: CaseText, proposal: Proposal, used: Sequence[RegisterEntry]) -> list[RowNames]:
    numbers = _control_numbers(proposal) if case.given_numbers else {}
    return row_names(used, names_of(used), numbers)


def _control_numbers(proposal: Proposal) -> dict[int, frozenset[int]]:
    """管理番号 by row, those of the last year known when the round opened (分権提案の管理番号)."""
    year = clock.to_jst(proposal.round.opens_at).year
    last = select(func.max(ControlNumber.year)).where(ControlNumber.year <= year)
    found: dict[int, frozenset[int]] = {}
    for entry_id, number in db.session.execute(
        select(ControlNumber.entry_id, ControlNumber.number).where(
            ControlNumber.year == last.scalar_subquery()
        )
    ):
        found[entry_id] = found.get(entry_id, frozenset()) | {number}
    return found


def _suggestion(
    found: Found, entries: Mapping[int, RegisterEntry], codes: Mapping[str, str]
) -> Suggestion:
    entry = entries[found.row.id]
    key = CATEGORY_OF[entry.register]
    return Suggestion(
        category_key=key,
        category_code=codes[key],
        entry=entry,
        span=found.span,
        rule=found.rule,
        terms=found.terms,
        name=found.name,
        score=found.score,
    )
