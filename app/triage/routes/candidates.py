"""Suggested register rows on the desk (分類の候補): at their questions, and marked in the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.accounts.models import User
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS, RegisterEntry
from app.registers.queries import all_entries
from app.suggestions.engine import FIELD_LABELS, Suggestion, suggest
from app.suggestions.ministry import MinistryHint, ministry_hint
from app.suggestions.models import SuggestionVerdict
from app.suggestions.queries import rejections_of
from app.triage.forms.assess import NEAR_MARK, AssessForm
from app.triage.guide import Question

MOST_AT_QUESTION = 3


class NearRow(NamedTuple):
    """A suggested row at its question (候補); `number` is that of its mark in the text.

    `tick` is what the box 「根拠にする」 sends; `rejection` is set once somebody said 当たらない.
    """

    number: int
    suggestion: Suggestion
    register_label: str
    place: str
    tick: str
    is_taken: bool
    is_ticked: bool
    rejection: SuggestionVerdict | None
    is_own_rejection: bool


@dataclass(frozen=True)
class Candidates:
    """Rows in use, and those suggested for a case as its reader sees them (台帳と候補)."""

    entries: Sequence[RegisterEntry]
    rows: Sequence[NearRow]

    def at(self, question: Question) -> list[NearRow]:
        """Suggested rows of the registers of a question, best first, the rejected ones last."""
        found = [row for row in self.rows if _register_of(row) in question.registers]
        found.sort(key=lambda row: row.rejection is not None)
        return found[:MOST_AT_QUESTION]

    def quotes(self) -> list[tuple[int, str]]:
        """Words to mark in the text, with the numbers of their rows (候補の文)."""
        return [
            (row.number, row.suggestion.span.text)
            for row in self.rows
            if row.rejection is None and not row.is_taken
        ]

    def ministry_hint(self, proposal: Proposal) -> MinistryHint | None:
        """Ministry that laws and suggested rows speak for (府省庁の候補)."""
        return ministry_hint(proposal, [row.suggestion for row in self.rows])


def candidates_of(proposal: Proposal, form: AssessForm, reader: User) -> Candidates:
    """Put together what the registers suggest for a case (分類の候補)."""
    entries = all_entries()
    rejections = rejections_of(proposal, reader)
    taken = {row.form.entry_id.data for row in form.evidence}
    ticked = set(form.near.data or ())
    rows = []
    for number, found in enumerate(suggest(proposal, entries), start=1):
        tick = f"{found.entry.id}{NEAR_MARK}{found.span.text}"
        rejection = rejections.get(found.entry.id)
        rows.append(
            NearRow(
                number=number,
                suggestion=found,
                register_label=REGISTER_LABELS[found.entry.register],
                place=FIELD_LABELS[found.span.field],
                tick=tick,
                is_taken=str(found.entry.id) in taken,
                is_ticked=tick in ticked,
                rejection=rejection,
                is_own_rejection=rejection is not None and rejection.decided_by_id == reader.id,
            )
        )
    return Candidates(entries, rows)


def _register_of(row: NearRow) -> str:
    return row.suggestion.entry.register.value
