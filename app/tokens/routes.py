"""Pages of the tokens (APIトークンの画面)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import ApiToken, Role
from app.accounts.routes.identity import asking, is_really
from app.audit.words import name_verbs
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput
from app.core.numbered_pages import Key, read_numbered
from app.core.unit_of_work import unit_of_work
from app.proposals.presentation import reads_as_secretariat
from app.tokens.forms import TokenForm
from app.tokens.labels import TOKEN_WORDS, standing_words
from app.tokens.policy import TOKEN_ROLES, authorize_make_token, can_make_token
from app.tokens.queries import (
    all_tokens,
    count_tokens,
    get_token,
    readable_rounds,
    round_labels,
    tokens_of,
)
from app.tokens.services import make_token, revoke_token

blueprint = Blueprint("tokens", __name__)
name_verbs(TOKEN_WORDS)

PAGE_SIZE = 100
Answer = str | Response | tuple[str, int]


@blueprint.get("/account/tokens")
@signed_in
def own() -> str:
    """One's own tokens (自分のAPIトークン)."""
    actor = current_actor()
    return render_template(
        "tokens/own.html",
        tokens=tokens_of(actor),
        may_make=can_make_token(actor),
        round_labels=round_labels(),
        standing_words=standing_words,
    )


@blueprint.route("/account/tokens/new", methods=["GET", "POST"])
@roles(*TOKEN_ROLES)
def new() -> Answer:
    """Make a token; its secret is shown by this answer alone (APIトークンの発行)."""
    actor, form = current_actor(), asking(TokenForm())
    authorize_make_token(actor)
    form.offer(readable_rounds(actor))
    if form.validate_on_submit() and is_really(actor, form):
        try:
            with unit_of_work():
                token, secret = make_token(form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            # Not redirected: the secret is stored nowhere.
            return render_template("tokens/made.html", token=token, secret=secret)
    page = render_template(
        "tokens/new.html", form=form, user=actor, may_name_body=reads_as_secretariat(actor)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@signed_in
def revoke(token_id: int) -> Response:
    """End a token, one's own or as administrator anybody's (APIトークンの取消し)."""
    actor = current_actor()
    with unit_of_work():
        token = get_token(token_id)
        is_own = token.user_id == actor.id
        was_open = revoke_token(token, actor=actor)
    words = "APIトークンを取り消しました。" if was_open else "このAPIトークンは既に使えません。"
    flash(words, "status")
    return redirect(url_for("tokens.own" if is_own else "tokens.index"))


@blueprint.get("/tokens")
@roles(Role.ADMIN)
def index() -> str:
    """Tokens of everybody (APIトークンの一覧)."""
    in_turn = (Key(ApiToken.id, int, goes_down=True),)
    total = count_tokens()
    return render_template(
        "tokens/index.html",
        page=read_numbered(all_tokens(), in_turn, request.args, size=PAGE_SIZE, total=total),
        total=total,
        round_labels=round_labels(),
        standing_words=standing_words,
    )
