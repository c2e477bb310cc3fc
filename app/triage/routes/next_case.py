"""The next case of the pile one works through (次の1件), named by the page that tells of an act.

The act keeps only which pile, round and filters one works through; the page that it leads to looks
for the case. So nobody's transaction waits for the search, and the case is free when it is named.
"""

from typing import Any, TypedDict

from flask import url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.search import LONGEST_SEARCH
from app.rounds.models import Round
from app.triage.models import Pile
from app.triage.routes.blueprint import blueprint
from app.triage.routes.trail import kept_arguments
from app.triage.routes.work_frame import PAGE_OF_PILE
from app.triage.worklist.claims import free_items, pile_of
from app.triage.worklist.filters import queue_options, read_queue_filters
from app.triage.worklist.items import WorkItem, opened


class WayOn(TypedDict):
    """Where one goes on after an act (道筋): pile, round and what the address narrowed it to."""

    pile: str
    round_id: int
    asked: dict[str, str]


def way_on(proposal: Proposal, pile: Pile) -> WayOn:
    """Note the way one works along: the pile in the round of a case, and the running address."""
    asked = {name: value[:LONGEST_SEARCH] for name, value in kept_arguments().items()}
    return WayOn(pile=pile.value, round_id=proposal.round_id, asked=asked)


@blueprint.app_template_filter("told")
def told(message: str | dict[str, Any]) -> str:
    """Words of a message (操作の結果), with a link to the next case where there is a free one."""
    if isinstance(message, str):
        return message
    words: str = message["words"]
    try:
        item = _next_item(message)
    except SQLAlchemyError:
        # Also a page that tells of an error tells of the act before it.
        db.session.rollback()
        return words
    if item is None:
        return words
    address = {**message["asked"], "pile": item.pile.value}
    url = url_for(PAGE_OF_PILE[item.pile], receipt_number=item.proposal.receipt_number, **address)
    link = Markup('{} <a href="{}">次の1件：{}　{}</a>')
    return link.format(words, url, item.proposal.reference, item.proposal.title)


def _next_item(message: dict[str, Any]) -> WorkItem | None:
    """Next free piece of work on the way, as whoever reads the page may see it now."""
    if not current_user.is_authenticated:
        return None
    actor, round_ = current_actor(), db.session.get(Round, message["round_id"])
    if round_ is None or not actor.has_role(Role.OFFICER, Role.LEAD):
        return None
    filters, _problems = read_queue_filters(message["asked"], queue_options(round_))
    items = pile_of(actor, round_, Pile(message["pile"]), filters)
    return next(iter(opened(free_items(items)[:1])), None)
