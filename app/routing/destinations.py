"""Suggested destinations of a case (送付先の候補), ranked, each with what speaks for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.accounts.models import Organization, User
from app.accounts.queries import list_ministries
from app.core import clock
from app.handoffs.models import Handoff
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.routing.evidence import cited_entries
from app.routing.past import NearHandoff, near_handoffs, refusal_words, refusals_of
from app.routing.queries import catch_all, duties_on
from app.routing.reasons import (
    NAMING,
    Ministries,
    Reason,
    ReasonKind,
    Spoken,
    plain,
    reason,
    reasons_of_case,
)
from app.workflow.handoffs import HandoffPart, HandoffState

CATCH_ALL = "その他の宛先（根拠になるものがない提案の送付先）"


@dataclass
class Suggested:
    """A suggested destination (送付先の候補). `refusal` quotes it where it gave the case back."""

    organization: Organization
    reasons: list[Reason] = field(default_factory=list)
    refusal: str = ""
    part: HandoffPart = HandoffPart.RELATED

    @property
    def weight(self) -> float:
        """What its reasons weigh together; a kind counts by its heaviest."""
        heaviest: dict[ReasonKind, float] = {}
        for row in self.reasons:
            heaviest[row.kind] = max(heaviest.get(row.kind, 0.0), row.weight)
        return sum(heaviest.values())

    @property
    def why(self) -> str:
        """Its reasons in words, the heaviest first (根拠)."""
        ranked = sorted(self.reasons, key=lambda row: -row.weight)
        said = [row.words for row in ranked]
        return "、".join(dict.fromkeys([self.refusal, *said] if self.refusal else said))

    @property
    def takes_part(self) -> bool:
        """Whether it is put down without being asked (宛先の案に入れる)."""
        is_named = any(row.kind in NAMING for row in self.reasons)
        return not self.refusal and (self.part is HandoffPart.LEAD or is_named)


def suggest_destinations(
    proposals: Sequence[Proposal], *, actor: User
) -> dict[int, list[Suggested]]:
    """Destinations for each case, by case id, the best first (送付先の候補).

    The first leads; who gave the case back comes last. Where nothing speaks for anybody the
    catch-all does, so that every case has one as long as a ministry stands. A few questions for
    however many cases.
    """
    today = clock.today()
    standing = {row.id: row for row in list_ministries() if row.exists_on(today)}
    ministries = _ministries()
    cited = cited_entries(proposals)
    duties = [
        row for row in duties_on(today) if not row.is_catch_all and row.organization_id in standing
    ]
    near = near_handoffs(proposals, actor)
    refusals = refusals_of(proposals)
    rest = catch_all()
    found: dict[int, list[Suggested]] = {}
    for proposal in proposals:
        spoken = [
            *reasons_of_case(proposal, cited.get(proposal.id, []), duties, ministries),
            *_of_past(near.get(proposal.id, []), standing),
            *_pointed(refusals.get(proposal.id, []), standing),
        ]
        found[proposal.id] = _ranked(spoken, refusals.get(proposal.id, []), rest)
    return found


def _ranked(
    spoken: Iterable[Spoken], refusals: Sequence[Handoff], rest: Organization | None
) -> list[Suggested]:
    found: dict[int, Suggested] = {}
    for body, said in spoken:
        found.setdefault(body.id, Suggested(body)).reasons.append(said)
    for refusal in refusals:
        body = refusal.destination
        found.setdefault(body.id, Suggested(body)).refusal = refusal_words(refusal)
    is_open = all(row.refusal for row in found.values())
    if rest is not None and is_open and rest.id not in found:
        found[rest.id] = Suggested(rest, [reason(ReasonKind.CATCH_ALL, CATCH_ALL)])
    ranked = sorted(found.values(), key=lambda row: (bool(row.refusal), -row.weight))
    if ranked and not ranked[0].refusal:
        ranked[0].part = HandoffPart.LEAD
    return ranked


def _of_past(near: Sequence[NearHandoff], standing: Mapping[int, Organization]) -> list[Spoken]:
    """Where near cases were answered speaks for a destination; where one was refused, nothing."""
    return [
        Spoken(
            standing[row.handoff.destination_id], reason(ReasonKind.PAST, row.words, row.nearness)
        )
        for row in near
        if row.handoff.state is not HandoffState.REFUSED and row.handoff.destination_id in standing
    ]


def _pointed(refusals: Sequence[Handoff], standing: Mapping[int, Organization]) -> list[Spoken]:
    return [
        Spoken(
            standing[row.suggested_id],
            reason(
                ReasonKind.POINTED, f"所管外とした{row.destination.name}が、所管と思われると示した"
            ),
        )
        for row in refusals
        if row.suggested_id is not None and row.suggested_id in standing
    ]


def _ministries() -> Ministries:
    """Ministries and units by their names; one that is no more stands for who acts for it."""
    today = clock.today()
    acting = ((body, body.acting_on(today)) for body in list_ministries())
    return Ministries(
        {plain(ministry_name(body)): now for body, now in acting if now.exists_on(today)}
    )
