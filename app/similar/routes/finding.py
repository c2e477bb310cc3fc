"""Finding similar cases by a title (似た提案を探す)."""

from flask import render_template, request

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import NotFound
from app.core.text import normalize_input
from app.proposals.forms.base import number_in
from app.proposals.models import Proposal
from app.proposals.queries import BODY_ROLES, get_own_by_id
from app.similar.presentation import LONGEST_TITLE, similar_cases
from app.similar.published import published_cases
from app.similar.routes.blueprint import blueprint


@blueprint.get("/similar")
@roles(*BODY_ROLES)
def index() -> str:
    """Find similar cases of all rounds by a title, on a page of its own (似た提案を探す)."""
    title = _asked_title()
    actor = current_actor()
    return render_template(
        "similar/index.html",
        title=title,
        cases=similar_cases(actor, title) if title else [],
        published=published_cases(actor, title) if title else [],
    )


@blueprint.get("/similar/part")
@roles(*BODY_ROLES)
def part() -> str:
    """Return the same list as a part of a page, for the form while somebody types."""
    actor = current_actor()
    title = _asked_title()
    proposal = _own_proposal(actor, request.args.get("proposal", ""))
    cases = similar_cases(actor, title, proposal=proposal) if title else []
    published = published_cases(actor, title) if title else []
    return render_template(
        "similar/_list.html", title=title, cases=cases, published=published, proposal=proposal
    )


def _asked_title() -> str:
    return normalize_input(request.args.get("title", ""))[:LONGEST_TITLE]


def _own_proposal(actor: User, text: str) -> Proposal | None:
    number = number_in(text)
    if number is None:
        return None
    try:
        return get_own_by_id(actor, number)
    except NotFound:
        return None
