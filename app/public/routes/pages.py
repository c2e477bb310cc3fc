"""What everybody reads, signed in or not (公表資料)."""

from flask import render_template, request

from app.core.access import public
from app.core.errors import NotFound
from app.public.files import public_candidates
from app.public.listing import public_list
from app.public.queries import NOT_FOUND, find_live, live_counts, was_public
from app.public.routes.blueprint import Answer, blueprint
from app.public.view import public_case, state_badge

HTTP_GONE = 410


@blueprint.get("/public")
@public
def index() -> str:
    """Front page of what is published (公表資料): rounds and counts."""
    counts = live_counts()
    return render_template(
        "public/index.html",
        counts=[(round_, count, len(public_candidates(round_))) for round_, count in counts],
        total=sum(count for _round, count in counts),
    )


@blueprint.get("/public/proposals")
@public
def proposals() -> str:
    """List of the published cases (公表された提案の一覧)."""
    return render_template(
        "public/proposals.html",
        found=public_list(request.args.to_dict()),
        state_badge=state_badge,
    )


@blueprint.get("/public/proposals/<receipt_number>")
@public
def show(receipt_number: str) -> Answer:
    """One published case (公表された提案); its address stays for ever. Raises NotFound."""
    copy = find_live(receipt_number)
    if copy is None and was_public(receipt_number):
        return render_template("public/withdrawn.html", number=receipt_number), HTTP_GONE
    if copy is None:
        raise NotFound(NOT_FOUND)
    return render_template("public/show.html", case=public_case(copy))
