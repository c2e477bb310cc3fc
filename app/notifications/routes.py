"""Pages of the outbox and of the letters (送信箱・文面の画面)."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.accounts.queries import find_user
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.notifications.forms import ReleaseForm, RuleForm, TreatForm
from app.notifications.holding import release_held, set_rule, treat
from app.notifications.labels import RESULT_LABELS, STATUS_LABELS, STATUS_TONES
from app.notifications.letter_kinds import all_kinds, kind_of, label_of
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.policy import RULES, Act, acts_on
from app.notifications.queries import (
    OutboxFilter,
    count_by_status,
    find_messages,
    get_message,
    has_mail_server,
    held_counts,
    letters_held_by_rule,
    rounds_in_outbox,
    server_state,
    undelivered_count,
)
from app.notifications.samples import sample_words
from app.notifications.sealing import body_for, subject_for
from app.notifications.services import compose, is_held_by_rule

blueprint = Blueprint("notifications", __name__)

Answer = str | Response | tuple[str, int]
MINDERS = (Role.ADMIN, Role.LEAD)
PAGE_SIZE = 50
WORDS = {"labels": STATUS_LABELS, "tones": STATUS_TONES, "letter_label": label_of}


@blueprint.get("/outbox")
@roles(*MINDERS)
def outbox() -> str:
    """Mail on its way and sent (送信箱)."""
    actor, wanted = current_actor(), _asked_filter()
    before = request.args.get("before", type=_row_id)
    found = find_messages(actor, wanted, before=before, size=PAGE_SIZE)
    return render_template(
        "notifications/outbox.html",
        found=found,
        wanted=wanted,
        before=before,
        counts=count_by_status(actor),
        undelivered=undelivered_count(actor),
        subjects={row.id: subject_for(actor, row) for row in found.rows},
        letter_options=[(kind.name, kind.label) for kind in all_kinds()],
        round_options=[(key, key) for key in rounds_in_outbox()],
        has_server=has_mail_server(),
        server=server_state(),
        **WORDS,
    )


@blueprint.route("/outbox/<int:message_id>", methods=["GET", "POST"])
@roles(*MINDERS)
def message(message_id: int) -> Answer:
    """One message: its text, its trace, and what can be done with it (メール)."""
    actor = current_actor()
    shown = get_message(actor, message_id)
    form = TreatForm()
    if request.method == "GET":
        return _message_page(shown, form)
    act = _asked_act()
    if form.validate():
        try:
            with unit_of_work():
                treat(get_message(actor, message_id), form.to_command(act), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"「{RULES[act].label}」を行いました。", "status")
            return redirect(url_for("notifications.message", message_id=message_id))
    return _message_page(get_message(actor, message_id), form), 422


@blueprint.get("/outbox/letters")
@roles(*MINDERS)
def letters() -> str:
    """All kinds of letters (文面の一覧)."""
    return render_template(
        "notifications/letters.html",
        kinds=all_kinds(),
        ruled=letters_held_by_rule(),
        held=held_counts(current_actor()),
    )


@blueprint.get("/outbox/letters/<letter>")
@roles(*MINDERS)
def letter(letter: str) -> str:
    """One kind of letter as a chosen person would get it (文面)."""
    return _letter_page(letter, ReleaseForm(formdata=None))


@blueprint.post("/outbox/letters/<letter>/rule")
@roles(*MINDERS)
def letter_rule(letter: str) -> Answer:
    """Have letters of this kind wait for a person, or not (送信前に確認する)."""
    kind_of(letter)
    form = RuleForm()
    with unit_of_work():
        set_rule(letter, is_held=bool(form.is_held.data), actor=current_actor())
    flash(
        "これからの知らせは、送信の前に止めます。"
        if form.is_held.data
        else "これからの知らせは、止めずに送ります。いま保留中のものは、そのまま待っています。",
        "status",
    )
    return redirect(url_for("notifications.letter", letter=letter))


@blueprint.post("/outbox/letters/<letter>/release")
@roles(*MINDERS)
def letter_release(letter: str) -> Answer:
    """Let all held letters of this kind go; their number is typed (まとめて送る)."""
    kind_of(letter)
    form = ReleaseForm()
    if form.validate():
        try:
            with unit_of_work():
                sent = release_held(letter, form.to_command(), actor=current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{sent}通を送信待ちにしました。", "status")
            return redirect(url_for("notifications.letter", letter=letter))
    return _letter_page(letter, form), 422


def _message_page(shown: OutboxMessage, form: TreatForm) -> str:
    return render_template(
        "notifications/message.html",
        message=shown,
        subject=subject_for(current_actor(), shown),
        body=body_for(current_actor(), shown),
        form=form,
        acts=[(act, RULES[act]) for act in acts_on(shown.status)],
        result_labels=RESULT_LABELS,
        has_server=has_mail_server(),
        **WORDS,
    )


def _letter_page(letter: str, form: ReleaseForm) -> str:
    kind, actor = kind_of(letter), current_actor()
    login = request.args.get("login", "").strip()
    reader = find_user(login) if login else actor
    greeting = f"{reader.label} 様" if reader else ""
    subject, body = compose(letter, greeting, path="/", **sample_words(letter))
    return render_template(
        "notifications/letter.html",
        kind=kind,
        form=form,
        rule_form=RuleForm(formdata=None, is_held=is_held_by_rule(letter)),
        held=held_counts(actor).get(letter, 0),
        login=login,
        reader=reader,
        subject=subject,
        body=body,
    )


def _asked_filter() -> OutboxFilter:
    asked = request.args
    status = asked.get("status", "")
    return OutboxFilter(
        status=DeliveryStatus(status) if status in list(DeliveryStatus) else None,
        letter=asked.get("letter", ""),
        round_key=asked.get("round", ""),
        words=asked.get("q", "").replace("\x00", "").strip(),
        undelivered="undelivered" in asked,
    )


def _asked_act() -> Act:
    named = request.form.get("act", "")
    if named not in list(Act):
        abort(400)
    return Act(named)


def _row_id(text: str) -> int:
    """Read an id of the page that is asked for; ValueError for what no row can have."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number
