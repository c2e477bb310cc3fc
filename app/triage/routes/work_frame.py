"""Around a piece of work (仕事の枠): who is at it, its place in the pile, the next one."""

from dataclasses import dataclass

from flask import request, url_for

from app.accounts.models import User
from app.core.eras import format_date_short, format_datetime_short
from app.proposals.models import Proposal
from app.triage.models import CaseClaim, Pile
from app.triage.policy import POLICIES
from app.triage.queries import awaits_lead
from app.triage.routes.trail import asked_filters, asked_pile
from app.triage.worklist.claims import Neighbours, claim_on, neighbours_of, skip_of
from app.triage.worklist.filters import filter_words, queue_options
from app.triage.worklist.items import WorkItem, action_of

PAGE_OF_PILE = {
    Pile.FORM_CHECK: "triage.form_check",
    Pile.ASSIGNMENT: "triage.assign",
    Pile.REVIEW: "triage.assess",
    Pile.CONFIRMATION: "triage.confirm",
    Pile.SECOND_DISPUTE: "triage.assess",
    Pile.REVISIT: "triage.resume",
}
PILE_LABELS = {
    Pile.FORM_CHECK: "形式確認待ち",
    Pile.ASSIGNMENT: "割当待ち",
    Pile.REVIEW: "自分の仕分け",
    Pile.CONFIRMATION: "自分が確認できるもの",
    Pile.SECOND_DISPUTE: "2回目の異議",
    Pile.REVISIT: "ペンディングの見直し",
}
# Pages that share the work of a page: their forms are sent elsewhere and come back with errors.
PILE_OF_ENDPOINT = {
    "triage.form_check": Pile.FORM_CHECK,
    "triage.save_form_check": Pile.FORM_CHECK,
    "triage.accept": Pile.FORM_CHECK,
    "triage.return_for_correction": Pile.FORM_CHECK,
    "triage.assign": Pile.ASSIGNMENT,
    "triage.assess": Pile.REVIEW,
    "triage.confirm": Pile.CONFIRMATION,
    "triage.dispute": Pile.CONFIRMATION,
    "triage.second_opinion": Pile.CONFIRMATION,
    "triage.resume": Pile.REVISIT,
    "triage.skip": None,
}


@dataclass(frozen=True, kw_only=True)
class WorkFrame:
    """What stands around a piece of work on its page (仕事の枠)."""

    pile: Pile
    pile_label: str
    filters: list[str]
    position: int
    total: int
    previous_url: str
    previous_number: str
    next_url: str
    next_number: str
    queue_url: str
    is_mine: bool
    holder: str
    holder_id: int
    since: str
    can_claim: bool
    skipped_until: str
    version: int


def work_url(item: WorkItem) -> str:
    """Address of the page where a piece of work is done, with the filters one works through."""
    return page_of(item.pile, item.proposal)


def page_of(pile: Pile, proposal: Proposal) -> str:
    """Address of the page where this kind of work on a case is done."""
    endpoint = PAGE_OF_PILE[pile]
    return url_for(endpoint, receipt_number=proposal.receipt_number, pile=pile.value)


def work_frame(actor: User, proposal: Proposal) -> WorkFrame | None:
    """Put the frame of the running page together, None where no work is done."""
    pile = current_pile(proposal)
    if pile is None:
        return None
    filters = asked_filters(proposal.round)
    words = filter_words(filters, queue_options(proposal.round))
    return _frame(
        proposal,
        pile,
        [label for _name, label in words],
        neighbours_of(actor, proposal, pile, filters),
        actor,
    )


def current_pile(proposal: Proposal) -> Pile | None:
    """Kind of work the running page is about (仕事の種類), None where none is done."""
    pile = PILE_OF_ENDPOINT.get(request.endpoint or "")
    if pile is Pile.REVIEW and awaits_lead(proposal):
        return Pile.SECOND_DISPUTE
    if request.endpoint == "triage.skip":
        return asked_pile()
    return pile


def _frame(
    proposal: Proposal, pile: Pile, filters: list[str], near: Neighbours, actor: User
) -> WorkFrame:
    held, skipped = claim_on(proposal), skip_of(actor, proposal)
    is_mine = held is not None and held.user_id == actor.id
    return WorkFrame(
        pile=pile,
        pile_label=PILE_LABELS[pile],
        filters=filters,
        position=near.position,
        total=near.total,
        previous_url=work_url(near.previous) if near.previous else "",
        previous_number=near.previous.proposal.reference if near.previous else "",
        next_url=work_url(near.following) if near.following else "",
        next_number=near.following.proposal.reference if near.following else "",
        queue_url=url_for("triage.queue", round=proposal.round.key, _anchor=section_id(pile)),
        is_mine=is_mine,
        holder="" if held is None or is_mine else held.user.display_name,
        holder_id=held.user_id if held else 0,
        since=_since(held),
        can_claim=_is_open_to(actor, pile, proposal),
        skipped_until=format_date_short(skipped.until) if skipped else "",
        version=proposal.version,
    )


def _is_open_to(actor: User, pile: Pile, proposal: Proposal) -> bool:
    action = action_of(pile, proposal)
    return action is not None and POLICIES[action](actor, proposal)


def section_id(pile: Pile) -> str:
    """Place of a pile on the page of the queue."""
    return pile.value.replace("_", "-")


def _since(held: CaseClaim | None) -> str:
    return format_datetime_short(held.claimed_at) if held else ""
