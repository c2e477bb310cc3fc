"""Pages of the bulk acts (一括操作): choose, see what would happen, do it, take it back."""

import hashlib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.bulk.forms import KIND_LABELS, BulkForm, case_value
from app.bulk.policy import can_undo, kinds_for
from app.bulk.queries import cases_with_ids, chosen_cases, get_act
from app.bulk.rehearsal import rehearse
from app.bulk.services.acting import MOST_CASES, act_on_many
from app.bulk.services.undoing import undo as undo_act
from app.casework.case_list import listed_numbers
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.presentation import state_badge
from app.rounds.choice import chosen_round
from app.triage.queries import reviewers

blueprint = Blueprint("bulk", __name__)

Answer = str | Response | tuple[str, int]

DESK = (Role.OFFICER, Role.LEAD)
ALL = "all"


@blueprint.get("/bulk")
@roles(*DESK)
def choose() -> Answer:
    """Choose what to do with the cases that were ticked, or with all that a list shows."""
    actor = current_actor()
    numbers = request.args.getlist("number")
    if ALL in request.args:
        numbers = listed_numbers(actor, request.args.to_dict(), chosen_round())
    cases = chosen_cases(actor, numbers[:MOST_CASES])
    form = _form(actor, formdata=None)
    return _choose_page(cases, form, left_out=max(len(numbers) - MOST_CASES, 0))


@blueprint.post("/bulk/preview")
@roles(*DESK)
def preview() -> Answer:
    """Show what would happen to each case (見込み); nothing is done yet."""
    actor = current_actor()
    form = _form(actor)
    if not form.validate():
        return _choose_page(_cases_in(form, actor), form)
    return _preview_page(form, actor)


@blueprint.post("/bulk")
@roles(*DESK)
def act() -> Answer:
    """Do the act on all of them, or on none (一括操作)."""
    actor = current_actor()
    form = _form(actor)
    if not form.validate():
        return _choose_page(_cases_in(form, actor), form)
    try:
        with unit_of_work():
            done = act_on_many(form.to_command(), actor=actor, session_key=_session_key(actor))
            act_id, count = done.id, len(form.chosen())
    except InvalidInput:
        return _preview_page(form, actor, is_refused=True)
    flash(f"{count}件に「{KIND_LABELS[done.kind]}」を行いました。", "status")
    return redirect(url_for("bulk.show", act_id=act_id))


@blueprint.get("/bulk/<int:act_id>")
@roles(*DESK)
def show(act_id: int) -> Answer:
    """What was done to which cases, and the way back (結果)."""
    actor = current_actor()
    done = get_act(actor, act_id)
    cases = cases_with_ids(actor, [row.proposal_id for row in done.items])
    return render_template(
        "bulk/show.html",
        act=done,
        label=KIND_LABELS[done.kind],
        cases=cases,
        badges={row.id: state_badge(row, actor) for row in cases},
        may_undo=can_undo(actor, done, _session_key(actor)),
    )


@blueprint.post("/bulk/<int:act_id>/undo")
@roles(*DESK)
def undo(act_id: int) -> Answer:
    """Put all of them back to where they stood (取消し)."""
    actor = current_actor()
    with unit_of_work():
        count = undo_act(get_act(actor, act_id), actor=actor, session_key=_session_key(actor))
    flash(f"{count}件を、操作の前の状態に戻しました。", "status")
    return redirect(url_for("bulk.show", act_id=act_id))


def _form(actor: User, **kwargs: object) -> BulkForm:
    people = list(db.session.scalars(reviewers()))
    return BulkForm(kinds=kinds_for(actor), reviewers=people, **kwargs)


def _cases_in(form: BulkForm, actor: User) -> list[Proposal]:
    ids = [proposal_id for proposal_id, _version in form.chosen()]
    return cases_with_ids(actor, ids[:MOST_CASES])


def _choose_page(cases: list[Proposal], form: BulkForm, *, left_out: int = 0) -> Answer:
    actor = current_actor()
    page = render_template(
        "bulk/choose.html",
        cases=cases,
        badges={row.id: state_badge(row, actor) for row in cases},
        values={row.id: case_value(row) for row in cases},
        form=form,
        left_out=left_out,
        most=MOST_CASES,
    )
    return page, 422 if form.errors else 200


def _preview_page(form: BulkForm, actor: User, *, is_refused: bool = False) -> Answer:
    command = form.to_command()
    effects = rehearse(command, actor=actor)
    page = render_template(
        "bulk/preview.html",
        form=form,
        label=KIND_LABELS[command.kind],
        effects=effects,
        problems=sum(1 for row in effects if row.problem),
        kept=_kept(form),
    )
    return page, 422 if is_refused else 200


def _kept(form: BulkForm) -> list[tuple[str, str]]:
    """What was typed, to be sent once more with the button that does it."""
    return [
        ("kind", form.kind.data or ""),
        ("reason", form.reason.data or ""),
        ("revisit_on", form.revisit_on.data or ""),
        *(("reviewer_ids", str(user_id)) for user_id in form.reviewer_ids.data or ()),
        *(("case", text) for text in form.case.data or ()),
    ]


def _session_key(actor: User) -> str:
    return hashlib.sha256(actor.get_id().encode()).hexdigest()
