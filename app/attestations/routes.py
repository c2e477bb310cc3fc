"""Pages of the pledge (研修・誓約の画面)."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.labels import ROLE_LABELS
from app.accounts.models import Role, User
from app.attestations import services
from app.attestations.forms import AttestForm
from app.attestations.queries import (
    OVERDUE,
    SOON,
    accounts,
    attestations_of,
    count_accounts,
    last_day,
)
from app.attestations.texts import current_text
from app.audit.words import name_verbs
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput
from app.core.numbered_pages import Key, read_numbered
from app.core.text import normalize_input
from app.core.unit_of_work import unit_of_work

blueprint = Blueprint("attestations", __name__)
name_verbs({"attestation.give": "年に1回の研修・誓約を済ませました"})

PAGE_SIZE = 100
SHOWS = {OVERDUE: "済んでいない", SOON: "30日以内に期限"}
Answer = str | Response | tuple[str, int]


@blueprint.route("/account/attestation", methods=["GET", "POST"])
@signed_in
def attest() -> Answer:
    """Read what is to be known and pledge for a year (研修・誓約)."""
    actor = current_actor()
    form = AttestForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.attest(actor, form.to_command())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("研修・誓約を記録しました。ありがとうございました。", "status")
            return redirect(url_for("dashboard.home"))
    text = current_text()
    form.text_version.data = str(text.version)
    page = render_template(
        "attestations/attest.html", form=form, text=text, user=actor, given=attestations_of(actor)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/attestations")
@roles(Role.ADMIN, Role.LEAD)
def index() -> str:
    """Accounts without a pledge, and those whose year is about to end (研修・誓約の状況)."""
    asked = normalize_input(request.args.get("show", ""))
    show = asked if asked in SHOWS else OVERDUE
    total = count_accounts(show)
    in_turn = (Key(last_day(), date), Key(User.id, int))
    return render_template(
        "attestations/index.html",
        page=read_numbered(accounts(show), in_turn, request.args, size=PAGE_SIZE, total=total),
        total=total,
        show=show,
        shows=SHOWS,
        role_labels=ROLE_LABELS,
    )
