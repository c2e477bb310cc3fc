"""Confirming a batch, letting it go, stopping it (まとめて送付の確認・承認・中止)."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.batches.forms import ReleaseForm, SendForm, StopForm
from app.batches.models import BatchConfirmation
from app.batches.plan import BatchPlan, plan_of
from app.batches.policy import DESK, authorize_release
from app.batches.queries import confirmation_of, former_recipients, get_batch, writers_of
from app.batches.routes.blueprint import blueprint, done, status_of
from app.batches.services.confirming import confirm_batch, release_batch, stop_batch
from app.batches.stages import Stage, stage_of
from app.core.access import roles
from app.core.eras import format_datetime_short
from app.handoffs.models import HandoffBatch
from app.notifications.rosters import (
    RosterChange,
    RosterChanged,
    change_since,
    read_ids,
    words_of_ids,
)

STOPPABLE = "それまでは、事務局のだれでも止められます。"
AWAITED = (
    "件数を確かめました。まだ送付していません。"
    "準備していないほかの仕分け担当か総括に、承認を依頼してください。"
)
STOPPED = "送付を止めました。府省庁には何も送っていません。準備した内容はそのままです。"
Answer = str | Response | tuple[str, int]


@blueprint.route("/handoffs/batches/<int:batch_id>/send", methods=["GET", "POST"])
@roles(*DESK)
def send(batch_id: int) -> Answer:
    """Type how many hand-offs go out, which fixes them (送付の確認)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    form = SendForm()
    made: list[BatchConfirmation] = []

    def act() -> None:
        made.append(confirm_batch(batch, form.to_command(), actor=actor))

    try:
        if done(form, act):
            flash(_said(made[0]), "status")
            return _to(batch)
    except RosterChanged as error:
        return _page(batch, form, error)
    if stage_of(batch, confirmation_of(batch)) not in (Stage.PREPARED, Stage.AWAITED, Stage.HELD):
        return _to(batch)
    return _page(batch, form)


@blueprint.route("/handoffs/batches/<int:batch_id>/release", methods=["GET", "POST"])
@roles(*DESK)
def release(batch_id: int) -> Answer:
    """Let it go as the second person (送付の承認)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    confirmation = confirmation_of(batch)
    form = ReleaseForm(version=batch.version)
    if confirmation is not None:
        authorize_release(actor, confirmation, writers_of(batch))

    def act() -> None:
        flash(_said(release_batch(batch, form.expected_version(), actor=actor)), "status")

    try:
        if done(form, act):
            return _to(batch)
    except RosterChanged as error:
        return _release_page(batch, form, error)
    if stage_of(batch, confirmation) is not Stage.AWAITED:
        return _to(batch)
    return _release_page(batch, form)


@blueprint.post("/handoffs/batches/<int:batch_id>/stop")
@roles(*DESK)
def stop(batch_id: int) -> Answer:
    """Stop it before it leaves (送付の中止)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    form = StopForm()
    if done(form, lambda: stop_batch(batch, form.expected_version(), actor=actor)):
        flash(STOPPED, "status")
    return _to(batch)


def _said(confirmation: BatchConfirmation) -> str:
    if confirmation.sends_at is None:
        return AWAITED
    return f"{format_datetime_short(confirmation.sends_at)}を過ぎると送付します。{STOPPABLE}"


def _page(batch: HandoffBatch, form: SendForm, refusal: RosterChanged | None = None) -> Answer:
    """The batch as it stands now, which is what the next click fixes (送付の確認)."""
    plan = plan_of(batch)
    seen = read_ids(form.seen_people.data or "")
    people = plan.recipients.values()
    form.seen.data, form.version.data = plan.digest(), str(batch.version)
    form.seen_people.data = words_of_ids(people)
    page = render_template(
        "batches/send.html",
        form=form,
        batch=batch,
        plan=plan,
        refusal=refusal,
        since_seen=change_since(seen, people) if refusal else None,
        **_former(batch, plan),
    )
    return page, status_of(form) if refusal is None else 409


def _release_page(
    batch: HandoffBatch, form: ReleaseForm, refusal: RosterChanged | None = None
) -> Answer:
    """What would leave now, against what was confirmed (送付の承認)."""
    plan, confirmation = plan_of(batch), confirmation_of(batch)
    if confirmation is None:
        return _to(batch)
    form.version.data = str(batch.version)
    page = render_template(
        "batches/release.html",
        form=form,
        batch=batch,
        plan=plan,
        confirmation=confirmation,
        refusal=refusal,
        is_as_confirmed=plan.envelopes() == confirmation.digest and not plan.blocks,
        since_confirmed=change_since(confirmation.recipient_ids, plan.recipients.values()),
        **_former(batch, plan),
    )
    return page, status_of(form) if refusal is None else 409


def _former(batch: HandoffBatch, plan: BatchPlan) -> dict[str, object]:
    """Who was told last at the same ministries, and the difference to it (前回との違い)."""
    former = former_recipients(batch, [row.destination.id for row in plan.destinations])
    return {"former": former, "since_former": _since_former(plan, former)}


def _since_former(plan: BatchPlan, former: Mapping[int, set[int]]) -> RosterChange:
    """Changes in the ministries that were written to before (前回との違い); new ones are named."""
    known = [row for row in plan.destinations if row.destination.id in former]
    people = {user.id: user for row in known for user in row.recipients}
    return change_since(set().union(*former.values()), people.values())


def _to(batch: HandoffBatch) -> Response:
    return redirect(url_for("batches.show", batch_id=batch.id))
