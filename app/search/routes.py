"""Pages (横断検索)."""

from flask import Blueprint, render_template, request

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.rounds.choice import chosen_round
from app.search.keeping import keep_index
from app.search.page import search_page

blueprint = Blueprint("search", __name__)
keep_index()

READERS: tuple[Role, ...] = (*SECRETARIAT_ROLES, *BODY_ROLES, *MINISTRY_ROLES)


@blueprint.get("/search")
@roles(*READERS)
def index() -> str:
    """Cases, replies and registers in one search (横断検索)."""
    page = search_page(current_actor(), request.args.to_dict(), chosen_round())
    return render_template("search/index.html", page=page)
