"""Late submissions (期限後の提出): asked for by the body, decided by a lead."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.attachment_queries import files_to_judge
from app.proposals.forms.submitting import DecideLateForm, RequestLateForm
from app.proposals.late_queries import get_late_submission, late_submissions_for
from app.proposals.models import LateSubmission
from app.proposals.pages.addresses import check_url
from app.proposals.pages.attachments import views_of
from app.proposals.pages.parts import Deadline, deadline_of, lines_of
from app.proposals.queries import BODY_ROLES, get_own_by_id
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.routes.submitting import checked
from app.proposals.services.late import decide_late_submission, request_late_submission

SHOWN_DECISIONS = 50


@blueprint.post("/proposals/drafts/<int:proposal_id>/late")
@roles(*BODY_ROLES)
def request_late(proposal_id: int) -> Answer:
    """Ask to submit after the end (期限後の提出の申出)."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
    form = RequestLateForm()
    if form.validate():
        try:
            with unit_of_work():
                request_late_submission(proposal, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("期限後の提出を申し出ました。事務局の決定を待ってください。", "status")
            return redirect(check_url(proposal))
    return checked(proposal, actor, form), 422


@blueprint.get("/proposals/late")
@roles(Role.LEAD)
def late_submissions() -> str:
    """List the late submissions (期限後の提出): those that wait first, then what was decided."""
    found = late_submissions_for(current_actor())
    waiting = found.where(LateSubmission.decision.is_(None)).order_by(LateSubmission.requested_at)
    decided = found.where(LateSubmission.decision.is_not(None))
    latest = decided.order_by(LateSubmission.decided_at.desc()).limit(SHOWN_DECISIONS)
    return render_template(
        "proposals/late_submissions.html",
        waiting=[(late, _end_of(late)) for late in db.session.scalars(waiting)],
        decided=list(db.session.scalars(latest)),
        shown=SHOWN_DECISIONS,
    )


@blueprint.route("/proposals/late/<int:late_id>", methods=["GET", "POST"])
@roles(Role.LEAD)
def decide_late(late_id: int) -> Answer:
    """Accept or refuse a late submission with a reason (期限後の提出の可否)."""
    actor = current_actor()
    late = get_late_submission(actor, late_id)
    form = DecideLateForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                decide_late_submission(late, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(
                f"決定しました（{late.proposal.reference}）。決定と理由は団体の画面に出ています。",
                "status",
            )
            return redirect(url_for("proposals.late_submissions"))
    page = render_template(
        "proposals/decide_late.html",
        form=form,
        late=late,
        end=_end_of(late),
        lines=lines_of(late.proposal),
        files=views_of(files_to_judge(late), late.proposal.round),
    )
    return page, 422 if form.is_submitted() else 200


def _end_of(late: LateSubmission) -> Deadline:
    return deadline_of(late.proposal.round, late.proposal.organization_id)
