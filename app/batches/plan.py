"""What a batch will do when it is sent (送付の見込み): worked out anew whenever it is looked at."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.accounts.models import Organization, User
from app.batches.checks import case_blocks, date_blocks, plan_warnings
from app.batches.letter import CoverLetter, LetterRow
from app.batches.models import BatchCase, TextKind
from app.batches.placeholders import Placeholder, Values, unresolved
from app.batches.queries import cases_of
from app.batches.texts import KIND_OF_PURPOSE, TextBook, purpose_of
from app.batches.values import case_values, due_words
from app.core import clock
from app.core.letterhead import office_contact, office_name
from app.core.placeholders import fill
from app.handoffs.models import HandoffBatch
from app.handoffs.recipients import coordinators_of
from app.proposals.content import ministry_name
from app.registers.models import RegisterEntry
from app.routing.evidence import cited_entries
from app.workflow.handoffs import HANDOFF_PART_LABELS, HandoffPart, HandoffPurpose

NO_REPLY = "回答不要"
# Up to here one person is enough (少数の宛先): what is read at a glance, decision 0094.
FEW_DESTINATIONS = 3
FEW_PEOPLE = 5


@dataclass(frozen=True, kw_only=True)
class PlannedHandoff:
    """One hand-off that the batch will make (送付の見込み); `text` is what the ministry reads."""

    case: BatchCase
    destination: Organization
    part: HandoffPart
    purpose: HandoffPurpose
    text: str
    source: str
    unresolved: tuple[str, ...]
    row: LetterRow


@dataclass(kw_only=True)
class PlannedDestination:
    """Everything that goes to one destination (宛先ごとの見込み)."""

    destination: Organization
    handoffs: list[PlannedHandoff] = field(default_factory=list)
    recipients: list[User]
    letter: CoverLetter
    unresolved: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the destination, a unit with its ministry in front."""
        return ministry_name(self.destination)

    @property
    def leads(self) -> int:
        """How many cases it leads (主管の件数)."""
        return sum(1 for row in self.handoffs if row.part is HandoffPart.LEAD)


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """What would be sent now (送付の見込み), and what keeps it from being sent."""

    batch: HandoffBatch
    cases: Sequence[BatchCase]
    destinations: Sequence[PlannedDestination]
    blocks: Sequence[str]
    warnings: Sequence[str]

    @property
    def handoffs(self) -> list[PlannedHandoff]:
        """Every hand-off, destination by destination."""
        return [row for place in self.destinations for row in place.handoffs]

    @property
    def unplaced(self) -> list[BatchCase]:
        """Cases without a destination (宛先なし)."""
        return [case for case in self.cases if not case.destinations]

    @property
    def recipients(self) -> dict[int, User]:
        """People who will be written to, each once, by id (知らせる人)."""
        return {user.id: user for place in self.destinations for user in place.recipients}

    @property
    def reaches_few(self) -> bool:
        """Whether it goes to so few that one person may send it (少数の宛先)."""
        return len(self.destinations) <= FEW_DESTINATIONS and len(self.recipients) <= FEW_PEOPLE

    def digest(self) -> str:
        """Name of exactly this plan (見たものの印): any difference gives another one."""
        return _hash([self.batch.version, list(self.warnings), self.envelopes()])

    def envelopes(self) -> str:
        """Name of what would leave (送付するものの印): who gets which cases and texts.

        Without the day of the letters, which is that on which they leave.
        """
        return _hash([self.batch.id, list(self.blocks), *map(_envelope, self.destinations)])


def _envelope(place: PlannedDestination) -> list[object]:
    return [
        {key: value for key, value in place.letter.as_json().items() if key != "dated_on"},
        [[user.id, user.email or ""] for user in place.recipients],
        [
            [row.case.proposal_id, row.case.proposal.version, row.purpose, row.text]
            for row in place.handoffs
        ],
    ]


def _hash(whole: list[object]) -> str:
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


def plan_of(batch: HandoffBatch) -> BatchPlan:
    """Work out what a batch would send now (送付の見込み); a few questions for however many."""
    cases = cases_of(batch)
    book = TextBook(batch.round.scheme)
    cited = cited_entries([case.proposal for case in cases])
    places: dict[int, list[PlannedHandoff]] = {}
    for case in cases:
        for handoff in _planned(batch, case, book, cited.get(case.proposal_id, [])):
            places.setdefault(handoff.destination.id, []).append(handoff)
    destinations = [_destination(batch, places[key], book) for key in sorted(places)]
    blocks = [
        *date_blocks(batch),
        *case_blocks(cases),
        *(words for place in destinations for words in _unresolved_words(place)),
    ]
    return BatchPlan(
        batch=batch,
        cases=cases,
        destinations=destinations,
        blocks=blocks,
        warnings=plan_warnings(
            batch, cases, [place.name for place in destinations if not place.recipients]
        ),
    )


def _planned(
    batch: HandoffBatch, case: BatchCase, book: TextBook, cited: Sequence[RegisterEntry]
) -> list[PlannedHandoff]:
    proposal = case.proposal
    purpose = purpose_of(proposal.category)
    text = book.text_for(KIND_OF_PURPOSE[purpose], proposal.category)
    body, source = (
        (case.request_text, "この提案だけの文") if case.request_text else (text.body, text.source)
    )
    due = due_words(batch.round, batch.reply_due_on, purpose)
    found = []
    for place in case.destinations:
        values = case_values(proposal, place.destination, place.part, cited=cited, due=due)
        missing = tuple(unresolved(body, values))
        found.append(
            PlannedHandoff(
                case=case,
                destination=place.destination,
                part=place.part,
                purpose=purpose,
                text=body if missing else fill(body, values),
                source=source,
                unresolved=missing,
                row=LetterRow(
                    receipt_number=proposal.reference,
                    title=proposal.title,
                    body=proposal.organization.name,
                    category=values[Placeholder.CLASS],
                    part=HANDOFF_PART_LABELS[place.part],
                    due=due or NO_REPLY,
                ),
            )
        )
    return found


def _destination(
    batch: HandoffBatch, handoffs: list[PlannedHandoff], book: TextBook
) -> PlannedDestination:
    destination = handoffs[0].destination
    asks = any(row.purpose is HandoffPurpose.REQUEST for row in handoffs)
    purpose = HandoffPurpose.REQUEST if asks else HandoffPurpose.INFORMATION
    body = book.text_for(TextKind.COVER_LETTER, None).body
    values: Values = {
        Placeholder.ROUND: batch.round.label,
        Placeholder.MINISTRY: ministry_name(destination),
        Placeholder.COUNT: f"{len(handoffs):,}",
        Placeholder.DUE: due_words(batch.round, batch.reply_due_on, purpose),
    }
    missing = tuple(unresolved(body, values))
    return PlannedDestination(
        destination=destination,
        handoffs=handoffs,
        recipients=coordinators_of(destination),
        unresolved=missing,
        letter=CoverLetter(
            number=batch.letter_number,
            dated_on=clock.today(),
            addressee=ministry_name(destination),
            sender=office_name(),
            contact=office_contact(),
            subject=batch.title,
            text=body if missing else fill(body, values),
            rows=tuple(row.row for row in handoffs),
        ),
    )


def _unresolved_words(place: PlannedDestination) -> list[str]:
    found = [
        f"{row.row.receipt_number}：{place.name}への依頼文の「{{{name}}}」に入れる値がありません。"
        "この提案だけの文を書くか、文面を直してください"
        for row in place.handoffs
        for name in row.unresolved
    ]
    return found + [
        f"{place.name}への事務連絡の「{{{name}}}」に入れる値がありません。文面を直してください"
        for name in place.unresolved
    ]
