"""Joining after the round (追加共同提案): windows of the lead, opened proposals for all bodies."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.clock import now, to_jst
from app.core.eras import format_date
from app.core.errors import InvalidInput
from app.core.text import search_key
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.forms.base import number_in
from app.proposals.forms.joining import ChangeWindowForm, JoinForm, LeaveForm, WindowForm
from app.proposals.models import JoiningWindow, Proposal
from app.proposals.pages.shared_text import opened_lines
from app.proposals.policy import can_join, can_open_joining
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES, visible_to
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services import endorsements as endorsing
from app.proposals.services import joining as services
from app.proposals.sharing.joining import (
    endorsement_by,
    endorsement_counts,
    endorsements_by,
    get_opened,
    get_window,
    list_windows,
    openable_proposals,
    opened_proposals,
    window_of,
    windows_of,
)
from app.proposals.sharing.partners import accepted_partners_of
from app.rounds.models import Round
from app.rounds.queries import get_round, list_rounds
from app.workflow.states import State

PAGE_ROWS = 50
# Whatever has passed the form check is chosen beforehand (受理した提案).
PRESELECTED = (
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
    State.CLASSIFIED,
    State.CLOSED,
)


@blueprint.get("/joining")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def joining() -> str:
    """List the opened proposals (追加共同提案の照会), for bodies and for the secretariat."""
    actor = current_actor()
    words = request.args.get("q", "")
    is_inner = reads_as_secretariat(actor)
    statement = opened_proposals()
    if is_inner:
        statement = statement.where(visible_to(actor))
    opened = list(db.session.scalars(statement))
    found = [row for row in opened if search_key(words) in search_key(row.title)]
    page = _asked_page(len(found))
    shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    own = {row.proposal_id: row for row in endorsements_by(actor)} if not is_inner else {}
    return render_template(
        "proposals/joining.html",
        is_inner=is_inner,
        can_open=can_open_joining(actor),
        windows=list_windows() if is_inner else [],
        running=[row for row in list_windows() if row.is_open()],
        q=words,
        total=len(opened),
        found=len(found),
        shown=shown,
        previous_url=_page_url(words, page - 1) if page > 1 else None,
        next_url=_page_url(words, page + 1) if page * PAGE_ROWS < len(found) else None,
        window_of=windows_of(shown),
        counts=endorsement_counts(shown) if is_inner else {},
        own=own,
        lost=[row for row in own.values() if row.proposal not in opened],
    )


def _asked_page(found: int) -> int:
    """Page the address asks for; the nearest one there is for anything else."""
    asked = number_in(request.args.get("page", "")) or 1
    return max(1, min(asked, -(-found // PAGE_ROWS)))


def _page_url(words: str, page: int) -> str:
    return url_for("proposals.joining", q=words or None, page=page)


@blueprint.route("/joining/<receipt_number>", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def opened_proposal(receipt_number: str) -> Answer:
    """Read an opened proposal and join it (追加共同提案), or change what one said."""
    actor = current_actor()
    proposal = get_opened(receipt_number)
    form = JoinForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                endorsing.join(proposal, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(
                "自団体の支障事例を登録しました。締切まで、変えることも取り下げることもできます。",
                "status",
            )
            return redirect(url_for("proposals.opened_proposal", receipt_number=receipt_number))
    return _opened_page(proposal, actor, form), 422 if form.is_submitted() else 200


@blueprint.post("/joining/<receipt_number>/withdraw")
@roles(*BODY_ROLES)
def withdraw_endorsement(receipt_number: str) -> Answer:
    """Take one's endorsement back (追加共同提案の取下げ)."""
    actor = current_actor()
    proposal = get_opened(receipt_number)
    form = LeaveForm()
    with unit_of_work():
        endorsing.withdraw_endorsement(proposal, form.replaces_id(), actor=actor)
    flash("追加共同提案を取り下げました。締切までは、もう一度加わることができます。", "status")
    return redirect(url_for("proposals.opened_proposal", receipt_number=receipt_number))


def _opened_page(proposal: Proposal, actor: User, form: JoinForm) -> str:
    present = endorsement_by(actor, proposal)
    window = window_of(proposal)
    is_able = can_join(actor, proposal, accepted_partners_of(proposal))
    if not form.is_submitted():
        form.replaces.data = str(present.id) if present else ""
        form.hardship_case.data = present.hardship_case if present else ""
    return render_template(
        "proposals/opened_proposal.html",
        form=form,
        proposal=proposal,
        lines=opened_lines(proposal),
        window=window,
        present=present,
        is_open=window is not None and window.is_open(),
        can_join=is_able,
        is_proposing=actor.has_role(Role.PROPOSER_MANAGER) and not is_able,
    )


@blueprint.route("/joining/windows/new", methods=["GET", "POST"])
@roles(Role.LEAD)
def new_window() -> Answer:
    """Open proposals of a closed round to the other bodies (照会の開始)."""
    actor = current_actor()
    key = request.values.get("round", "")
    if not key:
        return render_template("proposals/joining_rounds.html", rounds=_closed_rounds())
    round_ = get_round(key)
    openable = openable_proposals(actor, round_)
    form = WindowForm()
    form.offer(openable)
    if not form.is_submitted():
        form.proposals.data = [str(row.id) for row in openable if row.state in PRESELECTED]
    if form.validate_on_submit():
        try:
            with unit_of_work():
                window = services.open_window(round_, form.to_command(), actor=actor)
                count = len(window.opened)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{count}件の提案について、追加共同提案の照会を始めました。", "status")
            return redirect(url_for("proposals.joining"))
    page = render_template(
        "proposals/joining_window.html", form=form, round=round_, window=None, openable=openable
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/joining/windows/<int:window_id>", methods=["GET", "POST"])
@roles(Role.LEAD)
def window(window_id: int) -> Answer:
    """Change the end, the note or the proposals of a window (照会の変更)."""
    actor = current_actor()
    found = get_window(window_id)
    openable = openable_proposals(actor, found.round)
    form = ChangeWindowForm()
    form.offer(openable)
    if not form.is_submitted():
        _fill(form, found)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.change_window(
                    found, form.to_command(), version=form.expected_version(), actor=actor
                )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("照会を変えました。変更は記録に残しました。", "status")
            return redirect(url_for("proposals.joining"))
    page = render_template(
        "proposals/joining_window.html",
        form=form,
        round=found.round,
        window=found,
        openable=openable,
    )
    return page, 422 if form.is_submitted() else 200


def _fill(form: ChangeWindowForm, found: JoiningWindow) -> None:
    form.version.data = str(found.version)
    form.closes_on.data = format_date(to_jst(found.closes_at).date())
    form.note.data = found.note
    form.proposals.data = [str(row.proposal_id) for row in found.opened]


def _closed_rounds() -> list[Round]:
    rounds = db.session.scalars(list_rounds())
    return [row for row in rounds if row.closes_at < now()]
