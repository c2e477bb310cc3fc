"""Looking at a batch for the last time, and sending it (まとめて送付の確認)."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.batches.forms import SendForm
from app.batches.plan import BatchPlan, plan_of
from app.batches.policy import DESK
from app.batches.queries import former_recipients, get_batch
from app.batches.routes.blueprint import blueprint, done, status_of
from app.batches.services.sending import send_batch
from app.core.access import roles
from app.handoffs.models import HandoffBatch
from app.notifications.rosters import (
    RosterChange,
    RosterChanged,
    change_since,
    read_ids,
    words_of_ids,
)

SHOWN_AT = "各府省庁の「届いた案件」に表示されます。"
Answer = str | Response | tuple[str, int]


@blueprint.route("/handoffs/batches/<int:batch_id>/send", methods=["GET", "POST"])
@roles(*DESK)
def send(batch_id: int) -> Answer:
    """Type how many hand-offs go out, and send them (送付)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    form = SendForm()
    sent: list[int] = []

    def act() -> None:
        sent.append(send_batch(batch, form.to_command(), actor=actor))

    try:
        if done(form, act):
            flash(f"{sent[0]:,}件を送付しました。{SHOWN_AT}", "status")
            return redirect(url_for("batches.show", batch_id=batch.id))
    except RosterChanged as error:
        return _page(batch, form, error)
    if batch.sent_at is not None or batch.discarded_at is not None:
        return redirect(url_for("batches.show", batch_id=batch.id))
    return _page(batch, form)


def _page(batch: HandoffBatch, form: SendForm, refusal: RosterChanged | None = None) -> Answer:
    """The batch as it stands now, which is what the next click sends (送付の確認)."""
    plan = plan_of(batch)
    seen = read_ids(form.seen_people.data or "")
    people = plan.recipients.values()
    form.seen.data, form.version.data = plan.digest(), str(batch.version)
    form.seen_people.data = words_of_ids(people)
    former = former_recipients(batch, [row.destination.id for row in plan.destinations])
    page = render_template(
        "batches/send.html",
        form=form,
        batch=batch,
        plan=plan,
        refusal=refusal,
        since_seen=change_since(seen, people) if refusal else None,
        former=former,
        since_former=_since_former(plan, former),
    )
    return page, status_of(form) if refusal is None else 409


def _since_former(plan: BatchPlan, former: Mapping[int, set[int]]) -> RosterChange:
    """Changes in the ministries that were written to before (前回との違い); new ones are named."""
    known = [row for row in plan.destinations if row.destination.id in former]
    people = {user.id: user for row in known for user in row.recipients}
    return change_since(set().union(*former.values()), people.values())
