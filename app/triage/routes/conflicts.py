"""Conflicts of interest (利益相反): declaring, the list, secondments, ending."""

from typing import NamedTuple

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.core.access import roles
from app.extensions import db
from app.proposals.models import ConflictKind, ConflictOfInterest
from app.triage.conflict_list import can_see_all, conflicts_seen_by
from app.triage.forms.conflicts import DeclareConflictForm, EndConflictForm, SecondmentForm
from app.triage.routes.assignment_tabs import assignment_tabs
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out
from app.triage.services import conflicts as services

KIND_WORDS = {ConflictKind.DECLARED: "申告", ConflictKind.SECONDED: "出向"}


class ConflictRow(NamedTuple):
    """A conflict in the list (利益相反の行). `subject` is the body, or the number of the case."""

    conflict: ConflictOfInterest
    kind: str
    subject: str
    can_end: bool


@blueprint.route("/triage/conflicts", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD, Role.ADMIN)
def conflicts() -> Answer:
    """Declare one's own conflict, and read those one may read (利益相反の申告と一覧)."""
    actor = current_actor()
    form = DeclareConflictForm()
    done: list[services.Declared] = []
    if carried_out(
        form, lambda: done.append(services.declare_conflict(form.to_command(), actor=actor))
    ):
        flash(_declared_words(done[0], "あなた"), "status")
        return redirect(url_for("triage.conflicts"))
    rows = [_row(row, actor) for row in conflicts_seen_by(actor)]
    page = render_template(
        "triage/conflicts.html",
        form=form,
        tabs=assignment_tabs(actor, "triage.conflicts"),
        present=[row for row in rows if row.conflict.is_in_force],
        past=[row for row in rows if not row.conflict.is_in_force],
        can_declare=actor.has_role(Role.OFFICER, Role.LEAD),
        can_see_all=can_see_all(actor),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/triage/conflicts/seconded", methods=["GET", "POST"])
@roles(Role.LEAD, Role.ADMIN)
def secondment() -> Answer:
    """Register that somebody is seconded from a body (出向の登録)."""
    actor = current_actor()
    people = list(db.session.scalars(users_with_role(*services.CONCERNED_ROLES)))
    form = SecondmentForm(people=people)
    done: list[services.Declared] = []
    if carried_out(
        form, lambda: done.append(services.register_secondment(form.to_command(), actor=actor))
    ):
        flash(_declared_words(done[0], done[0].conflict.user.display_name), "status")
        return redirect(url_for("triage.conflicts"))
    page = render_template("triage/secondment.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/triage/conflicts/<int:conflict_id>/end", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD, Role.ADMIN)
def end_conflict(conflict_id: int) -> Answer:
    """End a conflict with a reason (利益相反の終了)."""
    actor = current_actor()
    row = services.get_conflict(actor, conflict_id)
    services.check_can_end(actor, row)
    form = EndConflictForm()
    if carried_out(form, lambda: services.end_conflict(row, form.to_command(), actor=actor)):
        flash(
            "利益相反を終えました。担当には戻りません。必要なら割り当て直してください。", "status"
        )
        return redirect(url_for("triage.conflicts"))
    page = render_template("triage/end_conflict.html", form=form, row=_row(row, actor))
    return page, 422 if form.is_submitted() else 200


def _declared_words(done: services.Declared, who: str) -> str:
    left = f"{who}は、受け持っていた{done.cases_left}件から外れました。" if done.cases_left else ""
    return f"利益相反を登録しました。{who}には、対象の提案が一覧にも件数にも出なくなります。{left}"


def _row(row: ConflictOfInterest, actor: User) -> ConflictRow:
    return ConflictRow(
        conflict=row,
        kind=KIND_WORDS[row.kind],
        subject=_subject(row),
        can_end=row.is_in_force and services.can_end(actor, row),
    )


def _subject(row: ConflictOfInterest) -> str:
    if row.organization is not None:
        return f"{row.organization.name}のすべての提案"
    return row.proposal.reference if row.proposal else ""
