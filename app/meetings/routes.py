"""Pages of the meetings (会議): agenda, the case on the table, the record."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.meetings.forms import (
    OUTCOME_LABELS,
    AddItemForm,
    MeetingForm,
    MeetingStepForm,
    RecordForm,
)
from app.meetings.models import AgendaItem, ItemOutcome, Meeting
from app.meetings.policy import can_propose, can_record, can_run
from app.meetings.queries import get_item, get_meeting, items_for, meetings_of
from app.meetings.services import preparing, running
from app.proposals.models import Proposal
from app.proposals.presentation import state_badge
from app.proposals.queries import SECRETARIAT_ROLES, get_visible
from app.registers.queries import all_entries
from app.rounds.choice import chosen_round
from app.rounds.queries import available_categories
from app.saved_lists.agenda import numbers_of
from app.saved_lists.queries import get_list, lists_for
from app.triage.blindness import cases_with_hidden_class, hides_class
from app.triage.earlier import earlier_treatments
from app.triage.routes.desk import grouped_entries, text_facts, text_sections

blueprint = Blueprint("meetings", __name__)

Answer = str | Response | tuple[str, int]

DESK = (Role.OFFICER, Role.LEAD)
UP, DOWN = "up", "down"
STEPS = "any(up, down, remove, table)"
NO_SUCH_CASE = "「{number}」は見つかりません。受付番号を確かめてください（例：R6-0012）"


@blueprint.get("/meetings")
@roles(*SECRETARIAT_ROLES)
def index() -> Answer:
    """Meetings of the chosen round (会議の一覧)."""
    actor, round_ = current_actor(), chosen_round()
    found = meetings_of(round_) if round_ else []
    return render_template(
        "meetings/index.html",
        round=round_,
        meetings=[(row, items_for(actor, row)) for row in found],
        may_run=can_run(actor),
        waiting=ItemOutcome.WAITING,
    )


@blueprint.route("/meetings/new", methods=["GET", "POST"])
@roles(*DESK)
def new() -> Answer:
    """Prepare a meeting: a saved list becomes its agenda (会議の準備)."""
    actor, round_ = current_actor(), chosen_round()
    asked = request.args.get("list_id", type=int)
    if asked is not None:
        round_ = get_list(actor, asked).round
    lists = lists_for(actor, round_) if round_ else []
    form = MeetingForm(
        lists=[(row.id, row.name) for row in lists], list_id=str(asked) if asked else ""
    )
    if round_ is not None and form.validate_on_submit():
        chosen = next((row for row in lists if str(row.id) == form.list_id.data), None)
        numbers = numbers_of(chosen, actor) if chosen else []
        try:
            with unit_of_work():
                cases = [get_visible(actor, number) for number in numbers]
                meeting = preparing.make_meeting(form.to_command(round_, cases), actor=actor)
                meeting_id = meeting.id
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("会議を用意しました。議題の順を確かめてください。", "status")
            return redirect(url_for("meetings.show", meeting_id=meeting_id))
    page = render_template("meetings/new.html", form=form, round=round_)
    return page, 422 if form.errors else 200


@blueprint.get("/meetings/<int:meeting_id>")
@roles(*SECRETARIAT_ROLES)
def show(meeting_id: int) -> Answer:
    """Agenda of a meeting, with what is on the table (議題の一覧)."""
    return _page(get_meeting(meeting_id), current_actor())


@blueprint.get("/meetings/<int:meeting_id>/position")
@roles(*SECRETARIAT_ROLES)
def position(meeting_id: int) -> Response:
    """Which item is on the table now, for a page that follows the meeting (今の議題)."""
    meeting = get_meeting(meeting_id)
    return jsonify(version=meeting.version)


@blueprint.post("/meetings/<int:meeting_id>/items")
@roles(*DESK)
def add_item(meeting_id: int) -> Answer:
    """Put one more case on the agenda (議題の追加)."""
    actor, meeting = current_actor(), get_meeting(meeting_id)
    form = AddItemForm()
    if form.validate():
        try:
            proposal = _named_case(form.receipt_number.data or "", actor)
            with unit_of_work():
                preparing.add_item(meeting, proposal, form.expected_version(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{form.receipt_number.data}を議題に入れました。", "status")
            return _to(meeting_id)
    return _page(meeting, actor, form)


def _named_case(number: str, actor: User) -> Proposal:
    """Case of a typed number; one that is hidden is refused like one that does not exist."""
    try:
        return get_visible(actor, number)
    except NotFound as error:
        raise InvalidInput({"receipt_number": [NO_SUCH_CASE.format(number=number)]}) from error


@blueprint.post(f"/meetings/<int:meeting_id>/items/<int:item_id>/<{STEPS}:step>")
@roles(*DESK)
def step_item(meeting_id: int, item_id: int, step: str) -> Answer:
    """Take an item: put it on the table, move it, take it off (議題の操作)."""
    actor, meeting = current_actor(), get_meeting(meeting_id)
    item = get_item(actor, meeting, item_id)
    version = MeetingStepForm().expected_version()
    with unit_of_work():
        if step in (UP, DOWN):
            preparing.move_item(item, -1 if step == UP else 1, version, actor=actor)
        elif step == "remove":
            preparing.remove_item(item, version, actor=actor)
        else:
            running.put_on_table(meeting, item, version, actor=actor)
    if step == "table":
        return redirect(url_for("meetings.item", meeting_id=meeting_id, item_id=item_id))
    return _to(meeting_id)


@blueprint.route("/meetings/<int:meeting_id>/items/<int:item_id>", methods=["GET", "POST"])
@roles(*SECRETARIAT_ROLES)
def item(meeting_id: int, item_id: int) -> Answer:
    """One case of the agenda: its text, and the record of what was decided (議題)."""
    actor, meeting = current_actor(), get_meeting(meeting_id)
    found = get_item(actor, meeting, item_id)
    is_hidden = hides_class(actor, found.proposal)
    form = RecordForm(
        categories=available_categories(meeting.round),
        earlier=earlier_treatments(actor, found.proposal),
        version=found.version,
        case_version=found.proposal.version,
        minutes="" if is_hidden else found.minutes,
    )
    if form.validate_on_submit():
        try:
            with unit_of_work():
                running.record_item(found, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors({_FIELDS.get(name, name): said for name, said in error.errors.items()})
        else:
            flash(_done_words(found), "status")
            return _to(meeting_id)
    return _item_page(meeting, found, form, actor)


# What the service says of the reason or the evidence stands at the fields of this form.
_FIELDS = {"reason": "minutes", "evidence": "entry_id"}


@blueprint.post("/meetings/<int:meeting_id>/close")
@roles(*DESK)
def close(meeting_id: int) -> Answer:
    """End the meeting (会議の終了)."""
    version = MeetingStepForm().expected_version()
    with unit_of_work():
        running.close_meeting(get_meeting(meeting_id), version, actor=current_actor())
    flash("会議を終えました。記録はこのまま残ります。", "status")
    return _to(meeting_id)


def _to(meeting_id: int) -> Response:
    return redirect(url_for("meetings.show", meeting_id=meeting_id))


def _done_words(found: AgendaItem) -> str:
    reference = found.proposal.reference
    if found.outcome is ItemOutcome.PROPOSED and found.category is not None:
        code = found.category.code
        return (
            f"{reference}の会議の決定（分類{code}）を仕分け意見として登録しました。"
            "次は、ほかの人が確認します。"
        )
    return f"{reference}の議事を記録しました。"


def _page(meeting: Meeting, actor: User, form: AddItemForm | None = None) -> Answer:
    items = items_for(actor, meeting)
    current = next((row for row in items if row.id == meeting.current_item_id), None)
    page = render_template(
        "meetings/show.html",
        meeting=meeting,
        items=items,
        badges={row.id: state_badge(row.proposal, actor) for row in items},
        hidden=cases_with_hidden_class(actor, [row.proposal for row in items]),
        outcomes=OUTCOME_WORDS,
        current=current,
        is_hidden=meeting.current_item_id is not None and current is None,
        form=form or AddItemForm(formdata=None, version=meeting.version),
        may_run=can_run(actor) and meeting.closed_at is None,
    )
    return page, 422 if form is not None else 200


OUTCOME_WORDS = {
    ItemOutcome.WAITING: "これから",
    ItemOutcome.PROPOSED: "分類を決めた",
    ItemOutcome.DEFERRED: "持越し",
    ItemOutcome.NOTED: "記録のみ",
}


def _item_page(meeting: Meeting, found: AgendaItem, form: RecordForm, actor: User) -> Answer:
    items = items_for(actor, meeting)
    place = items.index(found)
    page = render_template(
        "meetings/item.html",
        meeting=meeting,
        item=found,
        number=place + 1,
        total=len(items),
        next_item=items[place + 1] if place + 1 < len(items) else None,
        badge=state_badge(found.proposal, actor),
        is_class_hidden=hides_class(actor, found.proposal),
        form=form,
        entry_groups=grouped_entries(all_entries()),
        sections=text_sections(found.proposal),
        facts=text_facts(found.proposal),
        outcomes=OUTCOME_WORDS,
        labels=OUTCOME_LABELS,
        may_record=meeting.closed_at is None and can_record(actor, found),
        may_propose=can_propose(actor, found.proposal),
    )
    return page, 422 if form.errors or form.form_errors else 200
