"""Reading a plan, its versions, and what changed between them (方針・版・新旧の画面)."""

from flask import render_template, request

from app.accounts.current import current_actor
from app.candidates.queries import READERS, get_visible_candidate
from app.core.access import roles
from app.plans.changes import changes_between
from app.plans.content import content_of, open_points, present_content
from app.plans.history import history_of
from app.plans.labels import DECISION_BADGES
from app.plans.models import PlanVersion
from app.plans.policy import (
    can_comment,
    can_decide,
    can_read_working_text,
    can_revise,
    can_start,
    can_submit,
    can_write,
    may_have_plan,
)
from app.plans.queries import get_version, plan_of, versions_of
from app.plans.routes.blueprint import blueprint
from app.plans.routes.frame import Opened, content_context, head_of, open_plan
from app.proposals.forms.base import number_in


@blueprint.get("/candidates/<int:candidate_id>/plan")
@roles(*READERS)
def show(candidate_id: int) -> str:
    """The plan as it is written now; for associations the last submitted version (方針)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    plan = plan_of(candidate)
    if plan is None:
        return render_template(
            "plans/none.html",
            head=head_of(candidate, None, [], "show"),
            may_start=can_start(actor, candidate),
            gets_none=not may_have_plan(candidate),
        )
    opened = Opened(actor, candidate, plan, versions_of(plan))
    if not can_read_working_text(actor):
        return _submitted_page(opened)
    content = present_content(plan)
    waiting = opened.versions[0] if opened.versions else None
    return render_template(
        "plans/show.html",
        head=head_of(candidate, plan, opened.versions, "show"),
        plan=plan,
        latest=waiting,
        lacking=open_points(content),
        may_write=can_write(actor, plan),
        may_submit=can_submit(actor, plan),
        may_revise=can_revise(actor, plan),
        may_decide=waiting is not None and can_decide(actor, plan, waiting),
        may_comment=can_comment(actor) and waiting is not None,
        sections={row.key: row for row in plan.sections},
        **content_context(content),
    )


@blueprint.get("/candidates/<int:candidate_id>/plan/versions")
@roles(*READERS)
def versions(candidate_id: int) -> str:
    """Submitted versions, and a choice of two to compare (提出した版)."""
    opened = open_plan(candidate_id)
    return render_template(
        "plans/versions.html",
        head=head_of(opened.candidate, opened.plan, opened.versions, "versions"),
        plan=opened.plan,
        versions=opened.versions,
        badges=DECISION_BADGES,
        # Who wrote when is the affair of those who read what is being written.
        history=history_of(opened.plan) if can_read_working_text(opened.actor) else [],
    )


@blueprint.get("/candidates/<int:candidate_id>/plan/versions/<int:number>")
@roles(*READERS)
def version(candidate_id: int, number: int) -> str:
    """One version as it was submitted (版)."""
    opened = open_plan(candidate_id)
    return _version_page(opened, get_version(opened.plan, number))


@blueprint.get("/candidates/<int:candidate_id>/plan/compare")
@roles(*READERS)
def compare(candidate_id: int) -> str:
    """What changed between two versions, `?old=1&new=2` (新旧の対照); `new=now` is the draft."""
    opened = open_plan(candidate_id)
    may_see_draft = can_read_working_text(opened.actor)
    wanted = request.args.get("new", "")
    old = get_version(opened.plan, number_in(request.args.get("old", "")) or 0)
    if wanted == "now" and may_see_draft:
        new_words, after = "今の内容", present_content(opened.plan)
    else:
        new = get_version(opened.plan, number_in(wanted) or 0)
        new_words, after = f"第{new.number}版", content_of(new)
    return render_template(
        "plans/compare.html",
        head=head_of(opened.candidate, opened.plan, opened.versions, "versions"),
        plan=opened.plan,
        versions=opened.versions,
        old_words=f"第{old.number}版",
        new_words=new_words,
        old=str(old.number),
        new=wanted,
        may_see_draft=may_see_draft,
        changes=changes_between(content_of(old), after),
    )


def _submitted_page(opened: Opened) -> str:
    """What an association reads (提出された方針): the last version, or that there is none."""
    if opened.versions:
        return _version_page(opened, opened.versions[0], tab="show")
    return render_template(
        "plans/none.html",
        head=head_of(opened.candidate, None, [], "show"),
        may_start=False,
        gets_none=False,
    )


def _version_page(opened: Opened, version: PlanVersion, tab: str = "versions") -> str:
    content = content_of(version)
    return render_template(
        "plans/version.html",
        head=head_of(opened.candidate, opened.plan, opened.versions, tab),
        plan=opened.plan,
        version=version,
        is_latest=version.number == len(opened.versions),
        standing=DECISION_BADGES[version.decision],
        lacking=open_points(content),
        may_comment=can_comment(opened.actor),
        may_decide=can_decide(opened.actor, opened.plan, version),
        **content_context(content),
    )
