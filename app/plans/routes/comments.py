"""What is said to the versions of a plan, and the answers (意見と回答の画面)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.models import Role
from app.candidates.queries import READERS
from app.core.access import roles
from app.plans.content import content_of
from app.plans.forms.acts import AnswerForm, CommentForm
from app.plans.models import PlanVersion
from app.plans.policy import (
    DESK_ROLES,
    MINISTRY_ROLES,
    authorize_answer,
    authorize_comment,
    can_answer,
    can_comment,
)
from app.plans.queries import get_comment, get_version
from app.plans.routes.blueprint import blueprint
from app.plans.routes.frame import Answer, act_page, carried_out, head_of, open_plan
from app.plans.services.comments import answer_comment, comment_on_plan

WHOLE = "方針の全体"


@blueprint.get("/candidates/<int:candidate_id>/plan/comments")
@roles(*READERS)
def comments(candidate_id: int) -> str:
    """Comments and answers, version by version, the newest first (意見と回答)."""
    opened = open_plan(candidate_id)
    return render_template(
        "plans/comments.html",
        head=head_of(opened.candidate, opened.plan, opened.versions, "comments"),
        plan=opened.plan,
        versions=opened.versions,
        headings={row.number: heading_words(row) for row in opened.versions},
        may_comment=can_comment(opened.actor),
        may_answer=can_answer(opened.actor, opened.candidate),
    )


@blueprint.route(
    "/candidates/<int:candidate_id>/plan/versions/<int:number>/comment", methods=["GET", "POST"]
)
@roles(Role.OBSERVER, *DESK_ROLES)
def comment(candidate_id: int, number: int) -> Answer:
    """Say something to a version (意見の登録)."""
    opened = open_plan(candidate_id)
    authorize_comment(opened.actor)
    version = get_version(opened.plan, number)
    form = CommentForm(headings=content_of(version).headings)
    if carried_out(form, lambda: comment_on_plan(version, form.to_command(), actor=opened.actor)):
        flash(f"第{number}版に意見を登録しました。", "success")
        return redirect(url_for("plans.comments", candidate_id=candidate_id))
    return act_page("plans/comment.html", opened, form, plan_version=version)


@blueprint.route(
    "/candidates/<int:candidate_id>/plan/versions/<int:number>/comments/<int:comment_id>/answer",
    methods=["GET", "POST"],
)
@roles(*MINISTRY_ROLES, *DESK_ROLES)
def answer(candidate_id: int, number: int, comment_id: int) -> Answer:
    """Answer a comment (意見への回答)."""
    opened = open_plan(candidate_id)
    authorize_answer(opened.actor, opened.candidate)
    version = get_version(opened.plan, number)
    said = get_comment(version, comment_id)
    form = AnswerForm(version=said.version)
    if carried_out(form, lambda: answer_comment(said, form.to_command(), actor=opened.actor)):
        flash("意見に回答しました。", "success")
        return redirect(url_for("plans.comments", candidate_id=candidate_id))
    return act_page(
        "plans/answer.html",
        opened,
        form,
        said=said,
        about=heading_words(version)[said.section_key],
    )


def heading_words(version: PlanVersion) -> dict[str, str]:
    """Headings of a version by key, "" for the whole (意見の対象)."""
    return {"": WHOLE} | {row.key: row.words for row in content_of(version).headings}
