"""What the follow-up of cases is told from (後続対応の材料), for a list and for one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.candidates.models import CandidateCase
from app.candidates.queries import exemption_of, links_of
from app.follow_ups.models import OtherProcessOutcome
from app.follow_ups.models import StudyNote as Note
from app.follow_ups.queries import (
    candidate_names,
    cited_rows,
    exempted,
    handoffs_by_case,
    latest_outcomes,
    note_of,
    notes_by_case,
    watches_by_case,
)
from app.handoffs.models import Handoff
from app.handoffs.queries import awaited_view, handoffs_of
from app.handoffs.standing import STANDING_LABELS, standings_of, tell_standing
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.rounds.models import Category
from app.watches.listing import WatchLine, watch_lines
from app.watches.queries import watches_of
from app.workflow.states import FollowUp


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was read of several cases at once (材料)."""

    rows: Mapping[int, list[RegisterEntry]]
    handoffs: Mapping[int, list[Handoff]]
    standings: Mapping[int, str]
    watches: Mapping[int, list[WatchLine]]
    candidates: Mapping[int, list[str]]
    exempted: set[int]
    outcomes: Mapping[int, OtherProcessOutcome]
    notes: Mapping[int, Note]


def facts_of_case(case: Proposal) -> Facts:
    """Read the same of one case, from questions its page has asked already (案件の材料)."""
    handoffs = handoffs_of(case)
    told = tell_standing(handoffs, awaited_view(case)) if handoffs else None
    rows = cited_rows([case.id])
    note = note_of(case)
    return Facts(
        rows=rows,
        handoffs={case.id: handoffs},
        standings={case.id: STANDING_LABELS[told]} if told else {},
        watches={case.id: watch_lines(watches_of(case)[::-1])},
        candidates={case.id: [link.candidate.name for link in _by_candidate(links_of(case))]},
        exempted={case.id} if exemption_of(case) else set(),
        outcomes=_outcomes([case], rows),
        notes={case.id: note} if note else {},
    )


def _by_candidate(links: Sequence[CandidateCase]) -> list[CandidateCase]:
    return sorted(links, key=lambda link: link.candidate_id)


def _outcomes(
    cases: Sequence[Proposal], rows: Mapping[int, list[RegisterEntry]]
) -> Mapping[int, OtherProcessOutcome]:
    """Outcomes of the rows of cases that another process deals with; of no other are they told."""
    elsewhere = [case for case in cases if case.category and is_elsewhere_process(case.category)]
    entries = {row.id for case in elsewhere for row in rows.get(case.id, [])}
    return latest_outcomes(sorted(entries)) if entries else {}


def is_elsewhere_process(category: Category) -> bool:
    """Whether another process deals with the cases of a class (他の手続)."""
    return category.follow_up is FollowUp.OTHER_PROCESS


def facts_of(cases: Sequence[Proposal]) -> Facts:
    """Read what follows from for several cases, in few questions (案件の材料)."""
    ids = [case.id for case in cases]
    rows = cited_rows(ids)
    return Facts(
        rows=rows,
        handoffs=handoffs_by_case(ids),
        standings=standings_of(cases),
        watches={key: watch_lines(found) for key, found in watches_by_case(ids).items()},
        candidates=candidate_names(ids),
        exempted=exempted(ids),
        outcomes=_outcomes(cases, rows),
        notes=notes_by_case(ids),
    )
