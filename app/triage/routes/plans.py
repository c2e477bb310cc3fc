"""Plans of assignment (割当案): choosing the cases, looking at the plan, putting it into effect."""

import hashlib
import secrets
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import OrgType, Role, User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.presentation import due_of, due_on
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.triage.assignment_rules import facts_of
from app.triage.forms.planning import MakePlanForm, PlanForm, PlanRowForm
from app.triage.models import AssignmentPlan, PlanStage
from app.triage.planning import cases_to_assign, review_due, suggested_keys
from app.triage.queries import reviewers
from app.triage.routes.assignment_tabs import assignment_tabs
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out, case_url
from app.triage.routes.plan_view import plan_loads, plan_rows
from app.triage.services import plans as services
from app.triage.services import publishing

SEED_RANGE = 10_000


@blueprint.route("/triage/plans", methods=["GET", "POST"])
@roles(Role.LEAD)
def plans() -> Answer:
    """Choose the cases and have a plan worked out (割当案の作成)."""
    actor = current_actor()
    round_ = chosen_round()
    if round_ is None:
        return render_template(
            "triage/plans.html", round=None, tabs=assignment_tabs(actor, "triage.plans")
        )
    waiting = cases_to_assign(actor, round_)
    cases = _narrowed(waiting)
    form = MakePlanForm(
        cases=cases,
        reviewers_per_case=1,
        seed=secrets.randbelow(SEED_RANGE),
    )
    made: list[AssignmentPlan] = []
    suggested = suggested_keys(cases) if form.is_submitted() else {}
    if carried_out(
        form,
        lambda: made.append(services.make_plan(round_, form.to_command(suggested), actor=actor)),
    ):
        flash("割当案を作りました。まだ、だれにも割り当てていません。", "status")
        return redirect(url_for("triage.plan", plan_id=made[0].id))
    return _choosing_page(actor, round_, waiting, cases, form)


@blueprint.get("/triage/plans/<int:plan_id>")
@roles(Role.LEAD)
def plan(plan_id: int) -> Answer:
    """Look at a plan before it takes effect (割当案の確認)."""
    return _plan_page(services.get_plan(current_actor(), plan_id), PlanForm())


@blueprint.post("/triage/plans/<int:plan_id>/row")
@roles(Role.LEAD)
def change_plan_row(plan_id: int) -> Answer:
    """Put another person in one place of a plan (割当案の修正)."""
    actor = current_actor()
    found = services.get_plan(actor, plan_id)
    form = PlanRowForm()
    if carried_out(form, lambda: services.change_row(found, form.to_command(), actor=actor)):
        flash("割当案を直しました。まだ、だれにも割り当てていません。", "status")
        return redirect(url_for("triage.plan", plan_id=plan_id))
    return _plan_page(found, form)


@blueprint.post("/triage/plans/<int:plan_id>/publish")
@roles(Role.LEAD)
def publish_plan(plan_id: int) -> Answer:
    """Give the cases of a plan to its people, all or none (割当案の実行)."""
    actor = current_actor()
    found = services.get_plan(actor, plan_id)
    form = PlanForm()
    done: list[publishing.Publication] = []

    def publish() -> None:
        done.append(
            publishing.publish_plan(
                found, form.opened_version, session_key=_sitting(actor), actor=actor
            )
        )

    if not carried_out(form, publish):
        return _plan_page(found, form)
    if done[0].took_effect:
        flash(f"{done[0].assigned}件を割り当てました。", "status")
        return redirect(url_for("triage.plan", plan_id=plan_id))
    return _plan_page(found, PlanForm(formdata=None), changed=done[0].changed)


@blueprint.post("/triage/plans/<int:plan_id>/discard")
@roles(Role.LEAD)
def discard_plan(plan_id: int) -> Answer:
    """Throw a plan away (割当案の破棄)."""
    actor = current_actor()
    found = services.get_plan(actor, plan_id)
    form = PlanForm()
    if carried_out(form, lambda: services.discard_plan(found, form.opened_version, actor=actor)):
        flash("割当案を破棄しました。だれにも割り当てていません。", "status")
        return redirect(url_for("triage.plans"))
    return _plan_page(found, form)


@blueprint.post("/triage/plans/<int:plan_id>/take-back")
@roles(Role.LEAD)
def take_plan_back(plan_id: int) -> Answer:
    """Take the assignments of a plan back (割当の取消し)."""
    actor = current_actor()
    found = services.get_plan(actor, plan_id)
    try:
        with unit_of_work():
            count = publishing.take_plan_back(found, session_key=_sitting(actor), actor=actor)
    except InvalidInput as error:
        flash(error.errors["plan"][0], "error")
        return redirect(url_for("triage.plan", plan_id=plan_id))
    flash(f"{count}件の割当を取り消しました。提案は割当待ちに戻りました。", "status")
    return redirect(url_for("triage.plans"))


def _narrowed(cases: Sequence[Proposal]) -> list[Proposal]:
    """Cases of the ministry and the type of body that the address names (絞り込み)."""
    ministry, org_type = request.args.get("ministry", ""), request.args.get("org_type", "")
    found = [(case, facts_of(case, {})) for case in cases]
    return [
        case
        for case, facts in found
        if ministry in ("", facts.ministry_id) and org_type in ("", facts.org_type)
    ]


def _choosing_page(
    actor: User,
    round_: Round,
    waiting: Sequence[Proposal],
    cases: Sequence[Proposal],
    form: MakePlanForm,
) -> Answer:
    ministries = {str(row.ministry_id): row.ministry.name for row in waiting if row.ministry}
    page = render_template(
        "triage/plans.html",
        round=round_,
        form=form,
        rows=[(case, case_url(case), due_of(case, actor)) for case in cases],
        total=len(waiting),
        ministries=sorted(ministries.items()),
        org_types=[(row.value, ORG_TYPE_LABELS[row]) for row in OrgType],
        draft=services.draft_of(actor, round_),
        review_by=due_on(review_due(round_)),
        tabs=assignment_tabs(actor, "triage.plans"),
    )
    return page, 422 if form.is_submitted() else 200


def _plan_page(
    found: AssignmentPlan, form: PlanForm | PlanRowForm, *, changed: Sequence[str] = ()
) -> Answer:
    actor = current_actor()
    page = render_template(
        "triage/plan.html",
        plan=found,
        form=form,
        changed=changed,
        rows=plan_rows(found, actor),
        loads=plan_loads(found, actor),
        people=list(db.session.scalars(reviewers())),
        review_by=due_on(review_due(found.round)),
        is_draft=found.stage is PlanStage.DRAFT,
        can_take_back=publishing.can_take_back(found, session_key=_sitting(actor), actor=actor),
    )
    return page, 409 if changed else (422 if form.errors or form.form_errors else 200)


def _sitting(actor: User) -> str:
    """What tells one sign-in from another (ログイン), without giving the token away."""
    return hashlib.sha256(actor.get_id().encode()).hexdigest()
