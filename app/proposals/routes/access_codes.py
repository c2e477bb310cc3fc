"""Access codes for late submissions (期限後提出コード): issued by a lead, used by a body."""

from typing import NamedTuple

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.forms.access_codes import IssueCodeForm, SubmitWithCodeForm
from app.proposals.late_queries import access_codes, get_access_code
from app.proposals.models import LateAccessCode, Proposal
from app.proposals.pages.addresses import check_url, place_of
from app.proposals.pages.parts import deadline_of
from app.proposals.queries import BODY_ROLES, get_own_by_id
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services.access_codes import (
    issue_code,
    revoke_code,
    submit_with_code,
    uses_made,
)
from app.rounds.models import Round
from app.rounds.queries import list_rounds
from app.workflow.states import State


class CodeLine(NamedTuple):
    """A code as the lead sees it (期限後提出コードの1行)."""

    code: LateAccessCode
    uses: int
    standing: str


# --- The lead ------------------------------------------------------------------------------------


@blueprint.route("/proposals/late/codes", methods=["GET", "POST"])
@roles(Role.LEAD)
def late_codes() -> Answer:
    """List the codes and issue one (期限後提出コードの発行)."""
    actor = current_actor()
    rounds = [row for row in db.session.scalars(list_rounds()) if row.has_opened()]
    form = IssueCodeForm()
    form.round.choices = {row.key: row.label for row in rounds}
    if form.validate_on_submit():
        try:
            with unit_of_work():
                code = issue_code(_chosen(rounds, form), form.to_command(), actor=actor)
                words = f"{code.organization.name}のコード {code.code} を発行しました。"
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{words}電話などで団体の管理者に知らせてください。", "status")
            return redirect(url_for("proposals.late_codes"))
    lines = [_line(code) for code in db.session.scalars(access_codes())]
    page = render_template("proposals/late_codes.html", form=form, lines=lines, rounds=rounds)
    return page, 422 if form.is_submitted() else 200


def _chosen(rounds: list[Round], form: IssueCodeForm) -> Round:
    chosen = next((row for row in rounds if row.key == form.round.data), None)
    if chosen is None:
        raise InvalidInput({"round": ["募集回を一覧から選んでください"]})
    return chosen


@blueprint.post("/proposals/late/codes/<int:code_id>/revoke")
@roles(Role.LEAD)
def revoke_late_code(code_id: int) -> Answer:
    """Make a code useless from now on (期限後提出コードの取消し)."""
    actor = current_actor()
    code = get_access_code(code_id)
    with unit_of_work():
        revoke_code(code, actor=actor)
    flash("コードを取り消しました。受け付け済みの提案はそのままです。", "status")
    return redirect(url_for("proposals.late_codes"))


def _line(code: LateAccessCode) -> CodeLine:
    uses = uses_made(code)
    if code.revoked_at is not None:
        standing = "取消し済み"
    elif code.is_expired:
        standing = "期限切れ"
    else:
        standing = "使用済み" if uses >= code.uses_allowed else "使えます"
    return CodeLine(code, uses, standing)


# --- The body ------------------------------------------------------------------------------------


@blueprint.route("/proposals/drafts/<int:proposal_id>/late-code", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def submit_late_code(proposal_id: int) -> Answer:
    """Submit after the end with a code (コードによる期限後の提出)."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
    form = SubmitWithCodeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                submit_with_code(proposal, form.to_command(), actor=actor)
        except InvalidInput as error:
            if "code" not in error.errors:
                # Something is missing in the text: the last check lists it.
                return redirect(check_url(proposal))
            form.add_errors(error.errors)
        else:
            return redirect(url_for("proposals.receipt", receipt_number=proposal.receipt_number))
    elif not form.is_submitted() and not _needs_code(proposal):
        return redirect(place_of(proposal))
    if not form.is_submitted():
        form.version.data = str(proposal.version)
    page = render_template(
        "proposals/late_code.html",
        form=form,
        proposal=proposal,
        deadline=deadline_of(proposal.round, proposal.organization_id),
        check_url=check_url(proposal),
    )
    return page, 422 if form.is_submitted() else 200


def _needs_code(proposal: Proposal) -> bool:
    is_open = deadline_of(proposal.round, proposal.organization_id).is_open
    return proposal.state is State.DRAFT and not is_open
