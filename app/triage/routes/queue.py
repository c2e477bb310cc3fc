"""The work queue (仕分けの一覧): what waits, by kind of work, the next due first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.extensions import db
from app.proposals.sharing.amendments import waiting_amendments
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.triage.queries import count_late_submissions
from app.triage.routes.blueprint import blueprint
from app.triage.routes.queue_sections import FIRST_PILES, Desk, Section, queue_sections
from app.triage.routes.trail import asked_pile, kept_arguments
from app.triage.routes.work_frame import PILE_LABELS, page_of
from app.triage.silence import silent_cases
from app.triage.worklist import Pile, Waiting, waiting_work
from app.triage.worklist.claims import own_claims, own_skips
from app.triage.worklist.filters import (
    Options,
    QueueFilters,
    filter_words,
    queue_options,
    read_queue_filters,
)
from app.triage.worklist.progress import count_done_today
from app.triage.worklist.standing import disagreed_cases


@blueprint.get("/triage")
@roles(Role.OFFICER, Role.LEAD)
def queue() -> str:
    """Work queue of one round (仕分けの一覧): the one named, or the one looked at."""
    actor = current_actor()
    key = request.args.get("round")
    round_ = get_round(key) if key else chosen_round()
    work = waiting_work(actor)
    return render_template(
        "triage/queue.html",
        round=round_,
        elsewhere=_elsewhere(round_, work),
        is_lead=actor.has_role(Role.LEAD),
        today=clock.today(),
        **(_of_round(actor, round_, work) if round_ else {"sections": []}),
    )


def _elsewhere(here: Round | None, work: Sequence[Waiting]) -> dict[Round, int]:
    """How much of the work stands in other rounds (ほかの募集回), the next due first."""
    counts = Counter(item.case.round_id for item in work)
    rounds = ((db.session.get_one(Round, key), count) for key, count in counts.items())
    return {round_: count for round_, count in rounds if round_ != here}


def _of_round(actor: User, round_: Round, work: Sequence[Waiting]) -> dict[str, Any]:
    options = queue_options(round_)
    filters, problems = read_queue_filters(request.args, options)
    only = asked_pile()
    desk = Desk(
        actor=actor,
        round=round_,
        filters=filters,
        only=only,
        cursor=request.args.get("cursor", ""),
    )
    sections = queue_sections(desk, work)
    is_whole = len(sections) == 1 and sections[0].pile is only
    return {
        "sections": sections,
        "is_whole": is_whole,
        "whole_url": _address({"pile": None}),
        "filters": filters,
        "options": options,
        "problems": problems,
        "chips": _chips(filters, options),
        "clear_url": _address(dict.fromkeys(filters.chosen())),
        "next_url": url_for("triage.next_case", **_for_next(round_, filters)),
        "first": _first(sections),
        "left": sum(section.total for section in sections if section.pile in _own_piles(sections)),
        "done": count_done_today(actor, round_),
        "claims": [
            (row, PILE_LABELS[row.pile], page_of(row.pile, row.proposal))
            for row in own_claims(actor, round_)
        ],
        "skips": own_skips(actor, round_),
        "late_waiting": count_late_submissions(actor, round_) if actor.has_role(Role.LEAD) else 0,
        "amendments": waiting_amendments(actor, round_),
        "silent": silent_cases(actor, round_) if actor.has_role(Role.LEAD) else None,
        "disagreed": disagreed_cases(actor, round_),
    }


def _own_piles(sections: Sequence[Section]) -> set[Pile | None]:
    """Piles whose cases are work of now: a pending case waits for its date."""
    return {section.pile for section in sections} - {None, Pile.REVISIT}


def _first(sections: Sequence[Section]) -> Section | None:
    """Section that the filled button of the page begins with, None when nothing is free."""
    by_pile = {section.pile: section for section in sections}
    found = (by_pile[pile] for pile in FIRST_PILES if pile in by_pile and by_pile[pile].free)
    return next(found, None)


def _chips(filters: QueueFilters, options: Mapping[str, Options]) -> list[tuple[str, str]]:
    return [(words, _address({name: None})) for name, words in filter_words(filters, options)]


def _for_next(round_: Round, filters: QueueFilters) -> dict[str, Any]:
    return {**filters.chosen(), "round": round_.key}


def _address(changes: Mapping[str, str | None]) -> str:
    """Address of the queue as it is now with some values changed; None takes one out."""
    arguments = {**kept_arguments(), **changes}
    return url_for("triage.queue", **arguments)
