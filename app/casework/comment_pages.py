"""Comments of one case (案件のコメント), and what was meant for oneself (知らせ)."""

from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.casework.case_frame import case_frame
from app.comments import services
from app.comments.forms import AUDIENCE_LABELS, CommentForm, RetractForm, WidenForm
from app.comments.models import Comment, CommentAudience
from app.comments.policy import can_change, can_write
from app.comments.queries import (
    Readers,
    comments_on,
    get_comment,
    mentionable_on,
    mentions_of,
    readers_of,
)
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.forms.base import number_in
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import get_visible

blueprint = Blueprint("comments", __name__)

Answer = str | Response | tuple[str, int]

UNREAD_SHOWN = 100
READ_SHOWN = 30


class CommentLine(NamedTuple):
    """A comment as a reader sees it (コメントの行); a body reads no name of an officer."""

    comment: Comment
    author: str
    audience: str
    mentioned: list[str]
    may_change: bool


@blueprint.get("/proposals/<receipt_number>/comments")
@signed_in
def index(receipt_number: str) -> Answer:
    """Tab コメント: what was said, and the form to say something."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    return _page(proposal, actor)


@blueprint.post("/proposals/<receipt_number>/comments")
@roles(Role.OFFICER, Role.LEAD)
def write(receipt_number: str) -> Answer:
    """Say something about a case (コメントを書く); shown to others it is asked again first."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    form = CommentForm(colleagues=mentionable_on(proposal, actor))
    if not form.validate_on_submit():
        return _page(proposal, actor, form)
    if form.needs_confirmation():
        return _confirm_page(proposal, actor, form)
    try:
        with unit_of_work():
            comment = services.write_comment(proposal, form.to_command(), actor=actor)
            anchor = f"comment-{comment.id}"
    except InvalidInput as error:
        form.add_errors(error.errors)
        return _page(proposal, actor, form)
    flash(f"コメントを書きました。読む人：{_readers_words(proposal, comment.audience)}", "status")
    return redirect(url_for("comments.index", receipt_number=receipt_number, _anchor=anchor))


@blueprint.route(
    "/proposals/<receipt_number>/comments/<int:comment_id>/widen", methods=["GET", "POST"]
)
@roles(Role.OFFICER, Role.LEAD)
def widen(receipt_number: str, comment_id: int) -> Answer:
    """Show an internal comment to the body or to ministries (公開範囲の拡大)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    comment = get_comment(proposal, actor, comment_id)
    form = WidenForm(version=comment.version)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.widen_comment(comment, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"コメントを{AUDIENCE_LABELS[comment.audience]}に見せました。", "status")
            return redirect(url_for("comments.index", receipt_number=receipt_number))
    page = render_template(
        "comments/widen.html",
        case=case_frame(proposal, actor, tab="comments.index"),
        comment=comment,
        form=form,
        readers={row.value: _readers_words(proposal, row) for row in CommentAudience},
    )
    return page, 422 if form.errors else 200


@blueprint.post("/proposals/<receipt_number>/comments/<int:comment_id>/retract")
@roles(Role.OFFICER, Role.LEAD)
def retract(receipt_number: str, comment_id: int) -> Answer:
    """Take a comment back (コメントの取消し)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    comment = get_comment(proposal, actor, comment_id)
    form = RetractForm()
    if not form.validate_on_submit():
        return _page(proposal, actor)
    with unit_of_work():
        services.retract_comment(comment, form.to_command(), actor=actor)
    flash("コメントを取り消しました。事務局の記録には残ります。", "status")
    return redirect(url_for("comments.index", receipt_number=receipt_number))


@blueprint.get("/mentions")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def mentions() -> str:
    """What colleagues meant for oneself (自分宛てのコメント): unread first."""
    actor = current_actor()
    return render_template(
        "comments/mentions.html",
        unread=mentions_of(actor, is_read=False, limit=UNREAD_SHOWN),
        read=mentions_of(actor, is_read=True, limit=READ_SHOWN),
    )


@blueprint.post("/mentions/read")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def mark_read() -> Answer:
    """Note that what is named was read (既読にする)."""
    actor = current_actor()
    asked = [number_in(text) for text in request.form.getlist("comment_id")[:UNREAD_SHOWN]]
    with unit_of_work():
        count = services.mark_read([found for found in asked if found is not None], actor=actor)
    flash(f"{count}件を読んだものにしました。", "status")
    return redirect(url_for("comments.mentions"))


def _page(proposal: Proposal, actor: User, form: CommentForm | None = None) -> Answer:
    # First, for it asks once what the questions below need, too.
    frame = case_frame(proposal, actor, tab="comments.index")
    may_write = can_write(actor, proposal)
    if form is None and may_write:
        form = CommentForm(formdata=None, colleagues=mentionable_on(proposal, actor))
    page = render_template(
        "comments/index.html",
        case=frame,
        lines=_lines(proposal, actor),
        form=form if may_write else None,
        readers={row.value: _readers_words(proposal, row) for row in CommentAudience},
        is_inner=reads_as_secretariat(actor),
    )
    return page, 422 if form is not None and form.errors else 200


def _confirm_page(proposal: Proposal, actor: User, form: CommentForm) -> Answer:
    audience = form.chosen_audience()
    form.confirmed.data = audience.value
    return render_template(
        "comments/confirm.html",
        case=case_frame(proposal, actor, tab="comments.index"),
        form=form,
        audience=AUDIENCE_LABELS[audience],
        readers=_readers_words(proposal, audience),
        mentioned=form.mentioned_names(),
    )


def _lines(proposal: Proposal, actor: User) -> list[CommentLine]:
    is_inner = reads_as_secretariat(actor)
    return [
        CommentLine(
            comment=row,
            author=row.author.display_name if is_inner else "事務局",
            audience=AUDIENCE_LABELS[row.audience],
            mentioned=[found.user.display_name for found in row.mentions] if is_inner else [],
            may_change=row.retracted_at is None and can_change(actor, row),
        )
        for row in comments_on(proposal, actor)
    ]


def _readers_words(proposal: Proposal, audience: CommentAudience) -> str:
    """Put the readers of an audience into words: 事務局 7人、甲子市 2人 (読む人の数)."""
    readers: Readers = readers_of(proposal, audience)
    others = [f"{name} {count}人" for name, count in readers.others]
    return "、".join([f"事務局 {readers.secretariat}人", *others])
