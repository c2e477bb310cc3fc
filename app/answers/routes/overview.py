"""All sent replies of a round (回答の確認): the secretariat's alone."""

from flask import render_template, request

from app.accounts.current import current_actor
from app.answers.policy import can_release
from app.answers.reply_list import reply_list
from app.answers.routes.blueprint import blueprint
from app.answers.routes.release import round_asked_for
from app.core.access import roles
from app.proposals.queries import SECRETARIAT_ROLES


@blueprint.get("/replies")
@roles(*SECRETARIAT_ROLES)
def overview() -> str:
    """List of the sent replies with their filters (回答の確認)."""
    actor = current_actor()
    round_ = round_asked_for(request.args.get("round", ""))
    asked = {
        name: request.args.get(name, "")
        for name in ("ministry", "category", "kind", "standing", "page", "cursor")
    }
    return render_template(
        "answers/index.html",
        round=round_,
        found=reply_list(actor, round_, asked) if round_ else None,
        can_release=can_release(actor),
    )
