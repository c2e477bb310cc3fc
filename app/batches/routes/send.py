"""Looking at a batch for the last time, and sending it (まとめて送付の確認)."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.batches.forms import SendForm
from app.batches.plan import plan_of
from app.batches.policy import DESK
from app.batches.queries import get_batch
from app.batches.routes.blueprint import blueprint, done, status_of
from app.batches.services.sending import send_batch
from app.core.access import roles

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

    if done(form, act):
        flash(f"{sent[0]:,}件を送付しました。各府省庁の「届いた案件」に表示されます。", "status")
        return redirect(url_for("batches.show", batch_id=batch.id))
    if batch.sent_at is not None or batch.discarded_at is not None:
        return redirect(url_for("batches.show", batch_id=batch.id))
    # Shown anew as it stands now: this is what the next click sends.
    plan = plan_of(batch)
    form.seen.data, form.version.data = plan.digest(), str(batch.version)
    return render_template("batches/send.html", form=form, batch=batch, plan=plan), status_of(form)
