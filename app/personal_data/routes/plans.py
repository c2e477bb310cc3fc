"""Plans of erasure and the lists they lead to (廃棄の計画と一覧)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.numbered_pages import Key, read_numbered
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.personal_data.forms import PlanForm, RequestForm, StepForm
from app.personal_data.labels import COUNT_LABELS, OUTCOME_LABELS, STAGE_LABELS, STAGE_TONES
from app.personal_data.models import DisposalItem, DisposalList
from app.personal_data.policy import can_approve_disposal, can_approve_plan, can_write
from app.personal_data.queries import (
    all_lists,
    figures_seen,
    get_list,
    items_seen,
    plan_of,
    plans_by_round,
)
from app.personal_data.routes.blueprint import CASE_READERS, WRITERS, Answer, blueprint
from app.personal_data.services.disposals import approve_disposal, request_disposal
from app.personal_data.services.plans import approve_plan, write_plan
from app.personal_data.standing import ListStage, stage_of
from app.rounds.models import Round
from app.rounds.queries import get_round, named_rounds

NO_PLAN = "この募集回の廃棄の計画は、まだありません。計画を書いてください。"
PAGE_SIZE = 50
WORDS: dict[str, Any] = {
    "stages": STAGE_LABELS,
    "tones": STAGE_TONES,
    "outcomes": OUTCOME_LABELS,
    "counted": COUNT_LABELS,
    "stage_of": stage_of,
    "ListStage": ListStage,
}


@blueprint.get("/personal-data/plans")
@roles(*CASE_READERS)
def plans() -> str:
    """Every round with its plan, and the lists the job has made (廃棄の計画と一覧)."""
    actor = current_actor()
    lists = all_lists()
    return render_template(
        "personal_data/plans.html",
        rounds=list(db.session.scalars(named_rounds())),
        plans=plans_by_round(),
        lists=lists,
        figures={row.id: figures_seen(actor, row) for row in lists},
        may_write=can_write(actor),
        **WORDS,
    )


@blueprint.route("/personal-data/plans/<key>", methods=["GET", "POST"])
@roles(*WRITERS)
def plan(key: str) -> Answer:
    """Write the plan of a round (廃棄の計画)."""
    actor, round_ = current_actor(), get_round(key)
    form = _plan_form(round_)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                write_plan(round_, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("廃棄の計画を書きました。別の総括が承認すると効きます。", "status")
            return redirect(url_for("personal_data.plan", key=key))
    known = plan_of(round_.id)
    page = render_template(
        "personal_data/plan.html",
        round=round_,
        plan=known,
        form=form,
        may_approve=known is not None and can_approve_plan(actor, known),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _plan_form(round_: Round) -> PlanForm:
    known = plan_of(round_.id)
    if known is None:
        return PlanForm(version="0")
    return PlanForm(
        version=str(known.version),
        purpose_ends_on=known.purpose_ends_on.isoformat(),
        purpose=known.purpose,
        storage=known.storage,
        method=known.method,
        erases_files=known.erases_files,
    )


@blueprint.post("/personal-data/plans/<key>/approve")
@roles(*WRITERS)
def plan_approve(key: str) -> Response:
    """Put the plan of a round in force (計画の承認)."""
    known = plan_of(get_round(key).id)
    if known is None:
        raise NotFound(NO_PLAN)
    with unit_of_work():
        approve_plan(known, StepForm().seen_version, actor=current_actor())
    flash("廃棄の計画を承認しました。", "status")
    return redirect(url_for("personal_data.plan", key=key))


@blueprint.get("/personal-data/disposals/<int:disposal_list_id>")
@roles(*CASE_READERS)
def disposal(disposal_list_id: int) -> str:
    """One list: its cases, who asked and approved, what became of each (廃棄の一覧)."""
    found = get_list(disposal_list_id)
    return _page(found, RequestForm(formdata=None, version=str(found.version)))


@blueprint.post("/personal-data/disposals/<int:disposal_list_id>/request")
@roles(*WRITERS)
def disposal_request(disposal_list_id: int) -> Answer:
    """Ask for the erasure of a list (廃棄の申請)."""
    found = get_list(disposal_list_id)
    form = RequestForm()
    if not form.validate():
        return _page(found, form), 422
    with unit_of_work():
        request_disposal(found, form.reason.data or "", form.seen_version, actor=current_actor())
    flash("廃棄を申請しました。別の総括が承認すると、次の夜に廃棄します。", "status")
    return redirect(url_for("personal_data.disposal", disposal_list_id=disposal_list_id))


@blueprint.post("/personal-data/disposals/<int:disposal_list_id>/approve")
@roles(*WRITERS)
def disposal_approve(disposal_list_id: int) -> Response:
    """Let a list be erased (廃棄の承認)."""
    found = get_list(disposal_list_id)
    with unit_of_work():
        approve_disposal(found, StepForm().seen_version, actor=current_actor())
    flash("廃棄を承認しました。次の夜の定期処理で廃棄します。元に戻せません。", "status")
    return redirect(url_for("personal_data.disposal", disposal_list_id=disposal_list_id))


def _page(found: DisposalList, form: RequestForm) -> str:
    actor = current_actor()
    figures = figures_seen(actor, found)
    return render_template(
        "personal_data/disposal.html",
        disposal=found,
        form=form,
        figures=figures,
        sheet=read_numbered(
            items_seen(actor, found),
            [Key(DisposalItem.id, int)],
            request.args,
            size=PAGE_SIZE,
            total=figures.cases,
        ),
        may_write=can_write(actor),
        may_approve=can_approve_disposal(actor, found),
        **WORDS,
    )
