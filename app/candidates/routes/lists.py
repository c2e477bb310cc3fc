"""The list of candidates, one of them, and its words (対象候補の一覧・画面・登録)."""

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.candidates.forms.line import CandidateForm
from app.candidates.models import Candidate
from app.candidates.pages import candidate_list, candidate_page
from app.candidates.policy import authorize_edit
from app.candidates.queries import READERS, get_visible_candidate, sections_of
from app.candidates.routes.blueprint import Answer, blueprint
from app.candidates.services.write import add_candidate, change_candidate
from app.core.access import roles
from app.core.errors import NotFound
from app.proposals.queries import SECRETARIAT_ROLES
from app.registers.models import REGISTER_LABELS
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import NOT_FOUND, get_round
from app.triage.routes.case import carried_out
from app.workflow.candidates import (
    CANDIDATE_STATE_LABELS,
    PROGRESS_STATUS_LABELS,
    CandidateState,
)
from app.workflow.labels import STATE_LABELS

PLAN_PAGE = "plans.show"
_S = CandidateState
_RUNNING = (_S.SELECTED, _S.STUDYING, _S.PLAN_DRAFTED, _S.CONSULTED)


@blueprint.get("/candidates")
@roles(*READERS)
def index() -> str:
    """Candidates of a round as the list prints them (対象候補): of `?round=`, or the chosen one."""
    reader = current_actor()
    asked = request.args.get("round", "")
    round_ = get_round(asked) if asked else chosen_round()
    found = candidate_list(round_, reader) if round_ else None
    return render_template(
        "candidates/index.html",
        round=round_,
        found=found,
        counts={
            "proposed": found.count_of(_S.PROPOSED),
            "running": found.count_of(*_RUNNING),
            "agreed": found.count_of(_S.AGREED, _S.IN_SERVICE),
        }
        if found
        else {},
        is_inner=reader.has_role(*SECRETARIAT_ROLES),
    )


@blueprint.get("/candidates/<int:candidate_id>")
@roles(*READERS)
def show(candidate_id: int) -> str:
    """One candidate: its life, ministries, cases, dates, reports (対象候補の画面)."""
    reader = current_actor()
    candidate = get_visible_candidate(reader, candidate_id)
    return render_template(
        "candidates/show.html",
        page=candidate_page(candidate, reader),
        candidate=candidate,
        plan_url=_plan_url(candidate),
        labels=CANDIDATE_STATE_LABELS,
        progress_labels=PROGRESS_STATUS_LABELS,
        state_labels=STATE_LABELS,
        register_labels=REGISTER_LABELS,
    )


@blueprint.route("/candidates/new", methods=["GET", "POST"])
@roles(Role.LEAD)
def new() -> Answer:
    """Put a line into the list of the chosen round (対象候補の登録)."""
    actor = current_actor()
    authorize_edit(actor)
    round_ = chosen_round()
    if round_ is None:
        raise NotFound(NOT_FOUND)
    form = CandidateForm()
    added: list[Candidate] = []
    if carried_out(
        form, lambda: added.append(add_candidate(round_, form.to_command(), actor=actor))
    ):
        flash(f"対象候補「{added[0].name}」を登録しました。", "status")
        return redirect(candidate_url(added[0]))
    return _form_page(form, round_, None)


@blueprint.route("/candidates/<int:candidate_id>/edit", methods=["GET", "POST"])
@roles(Role.LEAD)
def edit(candidate_id: int) -> Answer:
    """Let a line of the list read otherwise (対象候補の変更)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_edit(actor)
    form = CandidateForm(version=candidate.version)
    if not form.is_submitted():
        form.show(candidate)
    if carried_out(form, lambda: change_candidate(candidate, form.to_change(), actor=actor)):
        flash(f"対象候補「{candidate.name}」の内容を変えました。", "status")
        return redirect(candidate_url(candidate))
    return _form_page(form, candidate.round, candidate)


def candidate_url(candidate: Candidate) -> str:
    """Address of the page of a candidate (対象候補の画面)."""
    return url_for("candidates.show", candidate_id=candidate.id)


def back_to(candidate: Candidate, message: str) -> Response:
    """Say what was done and go back to the candidate."""
    flash(message, "status")
    return redirect(candidate_url(candidate))


def _plan_url(candidate: Candidate) -> str | None:
    """Address of the plan (共通化推進方針), None as long as there is no such page."""
    if PLAN_PAGE not in current_app.view_functions:
        return None
    return url_for(PLAN_PAGE, candidate_id=candidate.id)


def _form_page(form: CandidateForm, round_: Round, candidate: Candidate | None) -> Answer:
    page = render_template(
        "candidates/edit.html",
        form=form,
        round=round_,
        candidate=candidate,
        sections=sections_of(round_),
    )
    return page, 422 if form.errors or form.form_errors else 200
