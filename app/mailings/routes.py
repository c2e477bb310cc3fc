"""Pages of the letters to many (一斉連絡の画面)."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput, NotFound
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.mailings.forms import CancelForm, ConfirmForm, MailingForm, ReleaseForm
from app.mailings.labels import AUDIENCE_LABELS, RELEASED, STAGE_LABELS, STAGE_TONES
from app.mailings.models import Mailing, MailingStage
from app.mailings.pages import (
    changed_since,
    check_of,
    role_words,
    rule_words,
    sent_sheet,
    sheet_of,
    steps_of,
)
from app.mailings.policy import authorize_cancel, authorize_release, can_write
from app.mailings.queries import (
    audiences_for,
    delivery_counts,
    get_mailing,
    mailings_for,
    message_to,
    received_letter,
    rounds_to_write_in,
)
from app.mailings.recipients import recipients_of
from app.mailings.services import sending, writing
from app.notifications.labels import STATUS_LABELS
from app.notifications.models import DeliveryStatus
from app.notifications.queries import has_mail_server
from app.notifications.rosters import RosterChanged, read_ids, words_of_ids
from app.proposals.queries import SECRETARIAT_ROLES

blueprint = Blueprint("mailings", __name__)

Answer = str | Response | tuple[str, int]

DESK = (Role.OFFICER, Role.LEAD)
NO_RECIPIENT = "この人は、この一斉連絡の宛先ではありません。宛先の一覧から選んでください。"
UNSENT = (MailingStage.DRAFT, MailingStage.CONFIRMED)


@blueprint.get("/mailings")
@roles(*SECRETARIAT_ROLES)
def index() -> str:
    """Letters to many, the newest first (一斉連絡)."""
    actor = current_actor()
    found = list(db.session.scalars(mailings_for(actor)))
    return render_template(
        "mailings/index.html",
        sheet=sheet_of(found, request.args),
        labels=STAGE_LABELS,
        tones=STAGE_TONES,
        audiences=AUDIENCE_LABELS,
        may_write=can_write(actor),
        minds_outbox=actor.has_role(Role.LEAD),
    )


@blueprint.route("/mailings/new", methods=["GET", "POST"])
@roles(*DESK)
def new() -> Answer:
    """Start a letter (一斉連絡の作成)."""
    actor = current_actor()
    form = _form(actor, seats=["manager"])
    made: list[int] = []

    def write() -> None:
        made.append(writing.write_mailing(form.to_command(), actor=actor).id)

    if _done(form, write):
        flash("一斉連絡の下書きを作りました。まだだれにも送っていません。", "status")
        return redirect(url_for("mailings.show", mailing_id=made[0]))
    return _form_page("mailings/new.html", form)


@blueprint.get("/mailings/<int:mailing_id>")
@roles(*SECRETARIAT_ROLES)
def show(mailing_id: int) -> Answer:
    """One letter: its text, its recipients, what became of it (一斉連絡)."""
    mailing = get_mailing(current_actor(), mailing_id)
    if mailing.stage in UNSENT:
        check = check_of(mailing, recipients_of(mailing))
        return _page(
            "mailings/show.html",
            mailing,
            check=check,
            sheet=sheet_of(check.found.people, request.args),
        )
    counts = delivery_counts(mailing)
    return _page(
        "mailings/sent.html",
        mailing,
        sheet=sent_sheet(mailing, request.args, sum(counts.values())),
        counts=[
            {"label": STATUS_LABELS[status], "value": counts[status], "unit": "人"}
            for status in DeliveryStatus
            if status in counts
        ],
        status_labels=STATUS_LABELS,
        has_server=has_mail_server(),
    )


@blueprint.route("/mailings/<int:mailing_id>/edit", methods=["GET", "POST"])
@roles(*DESK)
def edit(mailing_id: int) -> Answer:
    """Write it anew (一斉連絡の変更)."""
    actor = current_actor()
    mailing = get_mailing(actor, mailing_id)
    form = _form(
        actor,
        version=mailing.version,
        round_id=str(mailing.round_id),
        audience=mailing.audience.value,
        seats=mailing.seats,
        org_types=mailing.org_types,
        subject=mailing.subject,
        text=mailing.text,
    )

    def write() -> None:
        writing.edit_mailing(mailing, form.to_command(), form.expected_version(), actor=actor)

    if _done(form, write):
        flash("一斉連絡を書き直しました。まだだれにも送っていません。", "status")
        return _to(mailing)
    return _form_page("mailings/edit.html", form, mailing=mailing)


@blueprint.get("/mailings/<int:mailing_id>/letter")
@signed_in
def letter(mailing_id: int) -> str:
    """The letter as it reached the reader (届いた一斉連絡): the mail is its copy."""
    return render_template(
        "mailings/letter.html", message=received_letter(mailing_id, current_actor())
    )


@blueprint.get("/mailings/<int:mailing_id>/recipients/<int:user_id>")
@roles(*SECRETARIAT_ROLES)
def preview(mailing_id: int, user_id: int) -> Answer:
    """The letter as this person gets it, or got it (文面の見本)."""
    mailing = get_mailing(current_actor(), mailing_id)
    message = message_to(mailing, user_id)
    if message is not None:
        letter, user = (message.subject, message.body), message.recipient
    else:
        found = recipients_of(mailing).find(user_id) if mailing.stage in UNSENT else None
        if found is None:
            raise NotFound(NO_RECIPIENT)
        letter, user = found.letter(), found.user
    return _page("mailings/preview.html", mailing, letter=letter, user=user, message=message)


@blueprint.route("/mailings/<int:mailing_id>/confirm", methods=["GET", "POST"])
@roles(*DESK)
def confirm(mailing_id: int) -> Answer:
    """Look at the recipients and type how many they are (件数の確認)."""
    actor = current_actor()
    mailing = get_mailing(actor, mailing_id)
    form = ConfirmForm(version=mailing.version)

    def act() -> None:
        sending.confirm_count(mailing, form.to_command(), actor=actor)

    try:
        if _done(form, act):
            flash("件数を確かめました。ほかの仕分け担当か総括が承認すると送られます。", "status")
            return _to(mailing)
    except RosterChanged as error:
        return _confirm_page(mailing, form, error)
    return _to(mailing) if mailing.stage not in UNSENT else _confirm_page(mailing, form)


@blueprint.route("/mailings/<int:mailing_id>/release", methods=["GET", "POST"])
@roles(*DESK)
def release(mailing_id: int) -> Answer:
    """Let it go as the second person (送信の承認)."""
    actor = current_actor()
    mailing = get_mailing(actor, mailing_id)
    authorize_release(actor, mailing)
    form = ReleaseForm(version=mailing.version)

    def act() -> None:
        sending.release_mailing(mailing, form.expected_version(), actor=actor)

    try:
        if _done(form, act):
            flash(RELEASED, "status")
            return _to(mailing)
    except RosterChanged as error:
        return _release_page(mailing, form, error)
    if mailing.stage is not MailingStage.CONFIRMED:
        return _to(mailing)
    return _release_page(mailing, form)


@blueprint.route("/mailings/<int:mailing_id>/cancel", methods=["GET", "POST"])
@roles(*DESK)
def cancel(mailing_id: int) -> Answer:
    """Take it out before anything is sent (取りやめ)."""
    actor = current_actor()
    mailing = get_mailing(actor, mailing_id)
    authorize_cancel(actor, mailing)
    form = CancelForm(version=mailing.version)

    def act() -> None:
        sending.cancel_mailing(mailing, form.to_command(), actor=actor)

    if _done(form, act):
        flash("一斉連絡を取りやめました。だれにも送っていません。", "status")
        return _to(mailing)
    return _page("mailings/cancel.html", mailing, form)


def _confirm_page(
    mailing: Mailing, form: ConfirmForm, refusal: RosterChanged | None = None
) -> Answer:
    # As they stand now, which is what the next click fixes.
    found = recipients_of(mailing)
    seen = read_ids(form.seen_people.data or "")
    form.version.data, form.seen.data = str(mailing.version), found.digest()
    form.seen_people.data = words_of_ids(row.user for row in found.people)
    return _page(
        "mailings/confirm.html",
        mailing,
        form,
        refusal=refusal,
        since_seen=changed_since(seen, found) if refusal else None,
        check=check_of(mailing, found),
    )


def _release_page(mailing: Mailing, form: JaForm, refusal: RosterChanged | None = None) -> Answer:
    found = recipients_of(mailing)
    return _page(
        "mailings/release.html",
        mailing,
        form,
        refusal=refusal,
        is_as_confirmed=found.digest() == mailing.confirmed_hash,
        since_confirmed=changed_since(mailing.confirmed_ids, found),
        check=check_of(mailing, found),
    )


def _form(actor: User, **values: object) -> MailingForm:
    return MailingForm(rounds=rounds_to_write_in(), audiences=audiences_for(actor), **values)


def _done(form: JaForm, work: Callable[[], None]) -> bool:
    """Do the work of a sent and valid form; put the refusals of the service at its fields."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            work()
    except InvalidInput as error:
        form.add_errors(error.errors)
        return False
    return True


def _form_page(template: str, form: MailingForm, **context: object) -> Answer:
    page = render_template(template, form=form, **context)
    return page, 422 if form.errors or form.form_errors else 200


def _page(template: str, mailing: Mailing, form: JaForm | None = None, **context: object) -> Answer:
    actor = current_actor()
    page = render_template(
        template,
        mailing=mailing,
        form=form,
        rule=rule_words(mailing),
        steps=steps_of(mailing, actor),
        state=(STAGE_LABELS[mailing.stage], STAGE_TONES[mailing.stage]),
        role_words=role_words,
        **context,
    )
    if context.get("refusal") is not None:
        return page, 409
    return page, 422 if form is not None and (form.errors or form.form_errors) else 200


def _to(mailing: Mailing) -> Response:
    return redirect(url_for("mailings.show", mailing_id=mailing.id))
