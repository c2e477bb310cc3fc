"""Writing and submitting (提案の入力・提出), and late submissions (期限後の提出)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.content import problems_of
from app.proposals.forms import (
    DecideLateForm,
    DiscardForm,
    NewProposalForm,
    ProposalForm,
    RequestLateForm,
    SubmitForm,
    VersionForm,
    form_values,
)
from app.proposals.models import LateSubmission, Proposal
from app.proposals.pages import (
    Deadline,
    check_page,
    check_url,
    deadline_of,
    edit_url,
    form_page,
    is_discardable,
    is_editable,
    lines_of,
    offered_rounds,
    place_of,
    side_of,
)
from app.proposals.queries import (
    BODY_ROLES,
    get_late_submission,
    get_visible,
    get_visible_by_id,
    late_submissions_for,
    revisions_of,
)
from app.proposals.services import drafts
from app.proposals.services.late import decide_late_submission, request_late_submission
from app.proposals.services.submission import submit
from app.rounds.queries import list_rounds
from app.workflow.states import State

blueprint = Blueprint("proposals", __name__)

Answer = str | Response | tuple[str, int]

# Value of the button that goes on to the last check; any other one only saves.
CHECK_STEP = "check"
SHOWN_DECISIONS = 50


# --- Writing --------------------------------------------------------------------------------------


@blueprint.route("/proposals/new", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def new() -> Answer:
    """Start a draft (新しい提案): the form is shown empty, the first saving makes the draft."""
    actor = current_actor()
    rounds = offered_rounds(actor, request.values.get("round", ""))
    if not rounds:
        return _no_round(actor)
    form = NewProposalForm(rounds=rounds)
    round_ = next((row for row in rounds if row.key == form.round.data), rounds[0])
    if form.validate_on_submit():
        try:
            with unit_of_work():
                proposal = drafts.start_draft(round_, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_saving(proposal, form, actor)
    return form_page(form, round_, actor), 422 if form.is_submitted() else 200


def _no_round(actor: User) -> str:
    rounds = list(db.session.scalars(list_rounds()))
    return render_template(
        "proposals/no_round.html",
        upcoming=[row for row in reversed(rounds) if not row.has_opened()],
        closed=[
            (row, deadline_of(row, actor.organization_id)) for row in rounds if row.has_opened()
        ],
    )


@blueprint.route("/proposals/drafts/<int:proposal_id>", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def edit_draft(proposal_id: int) -> Answer:
    """Go on with a draft (下書きの編集)."""
    actor = current_actor()
    return _edit(get_visible_by_id(actor, proposal_id), actor, State.DRAFT)


@blueprint.route("/proposals/<receipt_number>/edit", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def edit_returned(receipt_number: str) -> Answer:
    """Correct a returned proposal (差戻しの補正)."""
    actor = current_actor()
    return _edit(get_visible(actor, receipt_number), actor, State.RETURNED)


def _edit(proposal: Proposal, actor: User, state: State) -> Answer:
    if request.method == "GET" and not (proposal.state is state and is_editable(proposal)):
        return redirect(place_of(proposal))
    form = ProposalForm(data=form_values(proposal))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                drafts.edit_proposal(
                    proposal, form.to_command(), version=form.expected_version(), actor=actor
                )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_saving(proposal, form, actor)
    if not form.is_submitted():
        form.version.data = str(proposal.version)
        return form_page(form, proposal.round, actor, proposal)
    return form_page(form, proposal.round, actor, proposal), 422


def _after_saving(proposal: Proposal, form: ProposalForm, actor: User) -> Answer:
    if request.form.get("step") != CHECK_STEP:
        flash("保存しました。まだ提出していません。", "status")
        return redirect(edit_url(proposal))
    problems = problems_of(proposal)
    if not problems:
        flash("保存しました。内容を確かめて、提出してください。", "status")
        return redirect(check_url(proposal))
    form.version.data = str(proposal.version)
    form.add_errors(problems)
    return form_page(form, proposal.round, actor, proposal, is_saved=True), 422


@blueprint.route("/proposals/drafts/<int:proposal_id>/discard", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def discard_draft(proposal_id: int) -> Answer:
    """Delete a draft that was never submitted, after asking (下書きの削除)."""
    actor = current_actor()
    proposal = get_visible_by_id(actor, proposal_id)
    if request.method == "GET" and not is_discardable(proposal):
        return redirect(place_of(proposal))
    form = DiscardForm()
    if form.validate_on_submit():
        with unit_of_work():
            drafts.discard_draft(proposal, version=form.expected_version(), actor=actor)
        flash("下書きを削除しました。", "status")
        return redirect(url_for("casework.index"))
    form.version.data = str(proposal.version)
    side = side_of(proposal.round, actor, proposal)
    page = render_template("proposals/discard.html", form=form, proposal=proposal, side=side)
    return page, 422 if form.is_submitted() else 200


# --- Submitting -----------------------------------------------------------------------------------


@blueprint.route("/proposals/drafts/<int:proposal_id>/check", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def check_draft(proposal_id: int) -> Answer:
    """Check a draft a last time and submit it (確認・提出)."""
    actor = current_actor()
    return _check(get_visible_by_id(actor, proposal_id), actor, State.DRAFT)


@blueprint.route("/proposals/<receipt_number>/check", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def check_returned(receipt_number: str) -> Answer:
    """Check the correction and submit it again (補正の確認・再提出)."""
    actor = current_actor()
    return _check(get_visible(actor, receipt_number), actor, State.RETURNED)


def _check(proposal: Proposal, actor: User, state: State) -> Answer:
    if request.method == "GET" and proposal.state is not state:
        return redirect(place_of(proposal))
    form = SubmitForm()
    if not form.validate_on_submit():
        return _checked(proposal, actor, form), 422 if form.is_submitted() else 200
    try:
        with unit_of_work():
            submit(proposal, form.to_command(), actor=actor)
    except InvalidInput:
        # The page itself lists what is missing, each with the way to its field.
        return _checked(proposal, actor, form), 422
    return redirect(url_for("proposals.receipt", receipt_number=proposal.receipt_number))


def _checked(proposal: Proposal, actor: User, form: VersionForm) -> str:
    is_late = proposal.state is State.DRAFT and not _is_round_open(proposal)
    if is_late and isinstance(form, SubmitForm):
        form = RequestLateForm(formdata=None)
    form.version.data = str(proposal.version)
    return check_page(proposal, actor, form)


def _is_round_open(proposal: Proposal) -> bool:
    return deadline_of(proposal.round, proposal.organization_id).is_open


@blueprint.get("/proposals/<receipt_number>/receipt")
@roles(*BODY_ROLES)
def receipt(receipt_number: str) -> str:
    """Confirm the receipt (受付の控え): number, instant, what comes next."""
    proposal = get_visible(current_actor(), receipt_number)
    revisions = revisions_of(proposal)
    return render_template(
        "proposals/receipt.html",
        proposal=proposal,
        revisions=revisions,
        submitter=db.session.get_one(User, revisions[-1].submitted_by_id),
        lines=lines_of(proposal),
    )


# --- Late submissions -----------------------------------------------------------------------------


@blueprint.post("/proposals/drafts/<int:proposal_id>/late")
@roles(*BODY_ROLES)
def request_late(proposal_id: int) -> Answer:
    """Ask to submit after the end (期限後の提出の申出)."""
    actor = current_actor()
    proposal = get_visible_by_id(actor, proposal_id)
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
    return _checked(proposal, actor, form), 422


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
    )
    return page, 422 if form.is_submitted() else 200


def _end_of(late: LateSubmission) -> Deadline:
    return deadline_of(late.proposal.round, late.proposal.organization_id)
