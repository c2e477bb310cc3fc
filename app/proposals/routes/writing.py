"""Writing a proposal (提案の入力)."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles, typed_texts
from app.core.errors import InvalidInput, NotFound, StaleVersion
from app.core.posted_form import will_lead_to
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.content import problems_of
from app.proposals.forms.merging import compare
from app.proposals.forms.submitting import DiscardForm
from app.proposals.forms.writing import ProposalForm, new_proposal_form
from app.proposals.models import Proposal
from app.proposals.pages.addresses import check_url, edit_url, place_of
from app.proposals.pages.attachments import attachments_url
from app.proposals.pages.editing import (
    is_merge,
    pressed_page,
    sent_form,
    sent_texts,
    settle,
    stale_texts,
)
from app.proposals.pages.merging import merge_page
from app.proposals.pages.parts import (
    deadline_of,
    is_discardable,
    is_editable,
    offered_rounds,
    side_of,
)
from app.proposals.pages.writing import form_page
from app.proposals.prefill import prefilled
from app.proposals.queries import BODY_ROLES, get_own, get_own_by_id
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services import drafts
from app.rounds.queries import list_rounds
from app.workflow.states import State

# Value of the button that goes on to the last check; any other one only saves.
CHECK_STEP = "check"
ATTACH_STEP = "attach"
GONE = (
    "ほかの人がこの下書きを削除したか、アドレスが違います。あなたの入力は保存していません。"
    "続けるときは、新しい提案を開いて、下の文を写してください。"
)


@blueprint.route("/proposals/new", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def new() -> Answer:
    """Start a draft (新しい提案): the form is shown empty, the first saving makes the draft."""
    actor = current_actor()
    rounds = offered_rounds(actor, request.values.get("round", ""))
    if not rounds:
        return _no_round(actor)
    copied = prefilled(actor, rounds[0]) if request.method == "GET" else None
    form = new_proposal_form(rounds, data=copied)
    round_ = next((row for row in rounds if row.key == form.round.data), rounds[0])
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                proposal = drafts.start_draft(
                    round_, form.to_command(), actor=actor, page=pressed_page()
                )
                session.flush()
                if request.form.get("step") not in (ATTACH_STEP, CHECK_STEP):
                    will_lead_to(edit_url(proposal))
        except InvalidInput as error:
            form.add_errors(error.errors)
        except (drafts.AlreadyStarted, IntegrityError):
            return _go_on(actor)
        else:
            return _after_saving(proposal)
    return form_page(form, round_, actor), 422 if form.is_submitted() else 200


def _go_on(actor: User) -> Answer:
    """Save into the draft that an autosave of this form has made (自動保存した下書き)."""
    db.session.rollback()
    proposal = drafts.draft_started_with(actor, pressed_page().form_key)
    if proposal is None:
        raise NotFound
    form = sent_form(proposal)
    form.version.data = form.version.data or str(drafts.FIRST_VERSION)
    return _save(proposal, form, actor)


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
    try:
        return _edit(get_own_by_id(actor, proposal_id), actor, State.DRAFT)
    except NotFound:
        if request.method == "GET":
            raise
        return _gone(), 404


@blueprint.route("/proposals/<receipt_number>/edit", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def edit_returned(receipt_number: str) -> Answer:
    """Correct a returned proposal (差戻しの補正)."""
    actor = current_actor()
    return _edit(get_own(actor, receipt_number), actor, State.RETURNED)


def _edit(proposal: Proposal, actor: User, state: State) -> Answer:
    if request.method == "GET" and not (proposal.state is state and is_editable(proposal)):
        return redirect(place_of(proposal))
    form = sent_form(proposal)
    if request.method == "POST":
        return _save(proposal, form, actor)
    form.version.data = str(proposal.version)
    problems = problems_of(proposal) if request.args.get("step") == CHECK_STEP else {}
    form.add_errors(problems)
    return form_page(form, proposal.round, actor, proposal, is_saved=bool(problems))


def _save(proposal: Proposal, form: ProposalForm, actor: User) -> Answer:
    """Save what was sent: 302 when it is saved, 422 with its faults, 409 when another was first."""
    if not form.validate():
        return _refused(proposal, form, actor)
    if is_merge():
        texts = sent_texts(proposal, form)
        compared, undecided = settle(texts)
        if undecided:
            return merge_page(proposal, actor, texts, compared, undecided, request.form), 422
    try:
        with unit_of_work():
            drafts.edit_proposal(
                proposal,
                form.to_command(),
                version=form.expected_version(),
                actor=actor,
                page=pressed_page(),
            )
    except InvalidInput as error:
        form.add_errors(error.errors)
        return _refused(proposal, form, actor)
    except StaleVersion as error:
        return _put_together(get_own_by_id(actor, proposal.id), form, actor, error)
    return _after_saving(proposal)


def _refused(proposal: Proposal, form: ProposalForm, actor: User) -> Answer:
    if not is_merge():
        return form_page(form, proposal.round, actor, proposal), 422
    texts = sent_texts(proposal, form)
    compared = compare(texts.mine, texts.theirs, texts.base)
    return merge_page(proposal, actor, texts, compared, sent=request.form), 422


def _put_together(
    proposal: Proposal, form: ProposalForm, actor: User, error: StaleVersion
) -> Answer:
    """Show both texts (変更の統合), unless what was sent stands there already."""
    if not is_editable(proposal):
        raise error
    texts = stale_texts(proposal, form)
    compared = compare(texts.mine, texts.theirs, texts.base)
    if not compared.clashing and not compared.only_mine:
        flash("同じ内容が既に保存されています。まだ提出していません。", "status")
        return redirect(edit_url(proposal))
    form.version.data = str(proposal.version)
    return merge_page(proposal, actor, texts, compared), 409


def _after_saving(proposal: Proposal) -> Answer:
    if request.form.get("step") == ATTACH_STEP:
        flash("保存しました。続けて、ファイルを添付してください。", "status")
        return redirect(attachments_url(proposal))
    if request.form.get("step") != CHECK_STEP:
        flash("保存しました。まだ提出していません。", "status")
        return redirect(edit_url(proposal))
    if problems_of(proposal):
        # By its address, so that a reload shows the same again and saves nothing twice.
        return redirect(edit_url(proposal, step=CHECK_STEP))
    flash("保存しました。内容を確かめて、提出してください。", "status")
    return redirect(check_url(proposal))


def _gone() -> str:
    return render_template(
        "errors/stale.html",
        heading="この下書きは見つかりません",
        message=GONE,
        typed=[(f"文{number}", text) for number, text in enumerate(typed_texts(), start=1)],
        events=[],
        back_url=url_for("casework.index"),
        back_label="自団体の提案を開く",
    )


@blueprint.route("/proposals/drafts/<int:proposal_id>/discard", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def discard_draft(proposal_id: int) -> Answer:
    """Delete a draft that was never submitted, after asking (下書きの削除)."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
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
