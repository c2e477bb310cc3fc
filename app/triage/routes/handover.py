"""The page of a handover on 人事異動 (引継ぎ): everything a person has in hand, on one page."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.accounts.policy import can_manage
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.presentation import due_of, state_badge
from app.triage.duties import DUTY_WORDS
from app.triage.forms.base import as_number
from app.triage.forms.handover import HandOverForm
from app.triage.open_work import OpenWork, get_predecessor, open_work, successors
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer
from app.triage.services.handover import hand_over as hand_work_over

NO_TITLE = "（提案概要は未入力）"
UNREADABLE = "（内容は団体だけが読めます）"


@blueprint.route("/users/<int:user_id>/handover", methods=["GET", "POST"])
@roles(Role.PROPOSER_MANAGER, Role.LEAD, Role.ADMIN)
def hand_over(user_id: int) -> Answer:
    """Give a person's open work to another, and end the account (引継ぎ)."""
    actor = current_actor()
    user = get_predecessor(actor, user_id)
    work = open_work(user, actor)
    form = _form(user, work)
    others = _others(work)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                count = hand_work_over(user, form.to_command(others), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            ended = "利用の末日も決めました。" if form.ends_on.data else ""
            flash(f"{count}件を引き継ぎました。{ended}" if count else ended, "status")
            return redirect(url_for("triage.hand_over", user_id=user_id))
    return _page(user, work, form, others), 422 if form.is_submitted() else 200


def _form(user: User, work: list[OpenWork]) -> HandOverForm:
    form = HandOverForm(proposal_ids=[row.proposal.id for row in work])
    form.proposal_ids.choices = [(row.proposal.id, row.proposal.reference) for row in work]
    form.successor_id.choices = [("", "選んでください")] + [
        (str(person.id), person.label) for person in successors(user)
    ]
    return form


def _others(work: list[OpenWork]) -> dict[int, int]:
    """Successors named for one case alone (提案ごとの引継ぎ先), by proposal id."""
    sent = {row.proposal.id: request.form.get(f"to-{row.proposal.id}", "") for row in work}
    return {id_: as_number(text) for id_, text in sent.items() if text}


def _page(user: User, work: list[OpenWork], form: HandOverForm, others: dict[int, int]) -> str:
    actor = current_actor()
    people = successors(user)
    return render_template(
        "triage/handover.html",
        user=user,
        form=form,
        rows=[
            {
                "id": row.proposal.id,
                "reference": row.proposal.reference,
                "title": (row.proposal.title or NO_TITLE) if row.is_readable else UNREADABLE,
                "round": row.proposal.round.label,
                "badge": state_badge(row.proposal, actor),
                "duties": "、".join(DUTY_WORDS[duty] for duty in row.duties),
                "due": due_of(row.proposal, actor),
                "is_chosen": row.proposal.id in (form.proposal_ids.data or []),
                "successor_id": others.get(row.proposal.id),
            }
            for row in work
        ],
        people=people,
        has_duties=any(row.duties for row in work),
        has_successors=bool(people),
        can_end_account=can_manage(actor, user.organization),
        back_url=_back_url(actor, user),
    )


def _back_url(actor: User, user: User) -> str:
    if can_manage(actor, user.organization):
        return url_for("accounts.user", user_id=user.id)
    return url_for("dashboard.home")
