"""Putting a batch together (まとめて送付の準備の画面)."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Organization
from app.accounts.queries import list_ministries
from app.batches.candidates import find_candidates, read_candidate_filter, sendable_categories
from app.batches.forms import CasesForm, DiscardForm, NewBatchForm, PlaceForm, WordsForm
from app.batches.models import BatchCase, TextKind
from app.batches.placeholders import USABLE
from app.batches.policy import DESK
from app.batches.queries import cases_of, get_batch, in_other_batches
from app.batches.routes.blueprint import blueprint, done, status_of
from app.batches.services import placing, writing
from app.core import clock
from app.core.access import roles
from app.core.eras import format_date
from app.core.errors import NotFound
from app.core.text import normalize_input
from app.core.unit_of_work import unit_of_work
from app.handoffs.models import HandoffBatch
from app.proposals.content import ministry_name
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.workflow.handoffs import HandoffPart

Answer = str | Response | tuple[str, int]
NO_ROUND = "募集回がありません。募集回を作ってから準備してください。"


@blueprint.route("/handoffs/batches/new", methods=["GET", "POST"])
@roles(*DESK)
def new() -> Answer:
    """Choose the cases of a new batch (送付する提案の選択)."""
    actor = current_actor()
    round_ = _round()
    form = NewBatchForm(title=f"{round_.label}の共通化提案の送付について", version="0")
    made: list[int] = []

    def create() -> None:
        made.append(writing.create_batch(round_, form.to_command(), form.chosen(), actor=actor).id)

    if done(form, create):
        flash("送付の準備をしました。まだだれにも送っていません。", "status")
        return redirect(url_for("batches.show", batch_id=made[0]))
    wanted = read_candidate_filter(request.args)
    found = find_candidates(actor, round_, wanted)
    elsewhere = in_other_batches([case.id for case in found.cases])
    chosen = form.chosen() if request.method == "POST" else None
    page = render_template(
        "batches/new.html",
        form=form,
        round=round_,
        wanted=wanted,
        found=found,
        elsewhere=elsewhere,
        ticked=[
            case.id
            for case in found.cases
            if (case.id not in elsewhere if chosen is None else case.id in chosen)
        ],
        categories=sendable_categories(round_),
        ministries=_ministries(),
        name_of=ministry_name,
    )
    return page, status_of(form)


@blueprint.route("/handoffs/batches/<int:batch_id>/edit", methods=["GET", "POST"])
@roles(*DESK)
def edit(batch_id: int) -> Answer:
    """Title, number and date of all hand-offs (共通の事項の変更)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    form = WordsForm(
        version=batch.version,
        title=batch.title,
        letter_number=batch.letter_number,
        reply_due_on=format_date(batch.reply_due_on) if batch.reply_due_on else "",
    )

    def change() -> None:
        writing.change_words(batch, form.expected_version(), form.to_command(), actor=actor)

    if done(form, change):
        flash("件名・文書番号・回答期限を保存しました。", "status")
        return _to(batch)
    if batch.sent_at is not None or batch.discarded_at is not None:
        return _to(batch)
    return render_template("batches/edit.html", form=form, batch=batch), status_of(form)


@blueprint.route("/handoffs/batches/<int:batch_id>/place", methods=["GET", "POST"])
@roles(*DESK)
def place(batch_id: int) -> Answer:
    """Say where the ticked cases go (宛先の決定)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    wanted = CasesForm(request.values)
    cases = _cases_in(batch, wanted.chosen())
    form = _place_form(batch, cases)

    def act() -> None:
        chosen = _cases_in(batch, form.chosen())
        placing.place_cases(batch, form.expected_version(), chosen, form.to_command(), actor=actor)

    if done(form, act):
        flash(f"{len(cases)}件の宛先を決めました。", "status")
        return _to(batch)
    if batch.sent_at is not None or batch.discarded_at is not None:
        return _to(batch)
    page = render_template(
        "batches/place.html",
        form=form,
        batch=batch,
        cases=cases,
        name_of=ministry_name,
        usable=USABLE[TextKind.REQUEST],
    )
    return page, status_of(form)


@blueprint.post("/handoffs/batches/<int:batch_id>/remove")
@roles(*DESK)
def remove(batch_id: int) -> Answer:
    """Take the ticked cases out (提案を外す)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    form = CasesForm()
    if not form.validate():
        return _to(batch)
    with unit_of_work():
        cases = _cases_in(batch, form.chosen())
        count = len(cases)
        writing.remove_cases(batch, form.expected_version(), cases, actor=actor)
    flash(f"{count}件をこの送付から外しました。", "status")
    return _to(batch)


@blueprint.route("/handoffs/batches/<int:batch_id>/discard", methods=["GET", "POST"])
@roles(*DESK)
def discard(batch_id: int) -> Answer:
    """Drop a batch that was not sent (取りやめ)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    form = DiscardForm(version=batch.version)

    def act() -> None:
        writing.discard_batch(batch, form.expected_version(), actor=actor)

    if done(form, act):
        flash("まとめて送付を取りやめました。提案はそのままです。", "status")
        return redirect(url_for("batches.index"))
    if batch.sent_at is not None or batch.discarded_at is not None:
        return _to(batch)
    page = render_template(
        "batches/discard.html", form=form, batch=batch, count=len(cases_of(batch))
    )
    return page, status_of(form)


def _place_form(batch: HandoffBatch, cases: list[BatchCase]) -> PlaceForm:
    """The form with what the first of the cases has now."""
    places = cases[0].destinations if cases else []
    return PlaceForm(
        ministries=_ministries(),
        is_single=len(cases) == 1,
        version=batch.version,
        case=[str(case.proposal_id) for case in cases],
        lead_id=next((str(row.destination_id) for row in places if _leads(row.part)), ""),
        related_ids=[str(row.destination_id) for row in places if not _leads(row.part)],
        request_text=cases[0].request_text if cases else "",
    )


def _leads(part: HandoffPart) -> bool:
    return part is HandoffPart.LEAD


def _cases_in(batch: HandoffBatch, chosen: Collection[int]) -> list[BatchCase]:
    return [case for case in cases_of(batch) if case.proposal_id in chosen]


def _ministries() -> list[Organization]:
    today = clock.today()
    return [row for row in list_ministries() if row.exists_on(today)]


def _round() -> Round:
    key = normalize_input(request.args.get("round", ""))
    found = get_round(key) if key else chosen_round()
    if found is None:
        raise NotFound(NO_ROUND)
    return found


def _to(batch: HandoffBatch) -> Response:
    return redirect(url_for("batches.show", batch_id=batch.id))
