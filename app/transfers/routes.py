"""Hand-overs and their receipt (授受の確認)."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.audit.words import name_verbs
from app.core.access import roles
from app.core.numbered_pages import Key, read_numbered
from app.core.text import normalize_input
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.presentation import due_on
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.transfers.forms import ConfirmForm
from app.transfers.labels import KIND_LABELS, SECRETARIAT, SHOW_LABELS, WORDS
from app.transfers.models import Transfer
from app.transfers.policy import can_confirm
from app.transfers.queries import MINISTRY_ROLES, get_transfer, standing, transfers_for
from app.transfers.services import confirm_transfer

blueprint = Blueprint("transfers", __name__)
name_verbs(WORDS)

PAGE_SIZE = 50
READERS = (*SECRETARIAT_ROLES, *BODY_ROLES, *MINISTRY_ROLES)
RECEIVERS = (*BODY_ROLES, Role.OFFICER, Role.LEAD)
IN_TURN = (Key(Transfer.due_on, date), Key(Transfer.id, int))


@blueprint.get("/transfers")
@roles(*READERS)
def index() -> str:
    """Hand-overs that wait for a receipt, the earliest date first (授受の確認)."""
    actor = current_actor()
    asked = normalize_input(request.args.get("show", ""))
    show = asked if asked in SHOW_LABELS else "waiting"
    statement = transfers_for(actor).where(standing(show))
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    return render_template(
        "transfers/index.html",
        page=read_numbered(statement, IN_TURN, request.args, size=PAGE_SIZE, total=total),
        total=total,
        show=show,
        shows=SHOW_LABELS,
        kinds=KIND_LABELS,
        secretariat=SECRETARIAT,
        due_of=lambda row: due_on(row.due_on),
    )


@blueprint.get("/transfers/<transfer_number>")
@roles(*READERS)
def show(transfer_number: str) -> str:
    """One hand-over with the list of hashes that both sides see (授受)."""
    actor = current_actor()
    transfer = get_transfer(actor, transfer_number)
    return render_template(
        "transfers/show.html",
        transfer=transfer,
        form=ConfirmForm(),
        kind=KIND_LABELS[transfer.kind],
        secretariat=SECRETARIAT,
        due=due_on(transfer.due_on),
        case_url=_case_url(actor, transfer),
        may_confirm=_is_open(transfer) and can_confirm(actor, transfer),
    )


def _is_open(transfer: Transfer) -> bool:
    return transfer.confirmed_at is None and transfer.cancelled_at is None


def _case_url(actor: User, transfer: Transfer) -> str | None:
    """Page of the case, for whoever has one (提案の画面)."""
    if not actor.has_role(*SECRETARIAT_ROLES, *BODY_ROLES):
        return None
    return url_for("casework.show", receipt_number=transfer.proposal.receipt_number)


@blueprint.post("/transfers/<transfer_number>/confirm")
@roles(*RECEIVERS)
def confirm(transfer_number: str) -> Response:
    """Receive it (受領)."""
    actor = current_actor()
    transfer = get_transfer(actor, transfer_number)
    if ConfirmForm().validate_on_submit():
        with unit_of_work():
            confirm_transfer(transfer, actor=actor)
        flash("受領しました。相手にも、受領した日時が表示されます。", "status")
    return redirect(url_for("transfers.show", transfer_number=transfer.number))
