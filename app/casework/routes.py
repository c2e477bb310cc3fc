"""List and pages of the cases (提案一覧・案件の画面)."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.answers.told import told_answer
from app.audit.words import name_verbs
from app.candidates.pages import candidate_panel
from app.casework.case_frame import case_frame
from app.casework.case_list import case_list
from app.casework.content_view import content_view, correction_view, sheet_items
from app.casework.deadlines import time_of
from app.casework.deliveries import deliveries_of, failed_deliveries
from app.casework.lineage_view import lineage_view
from app.casework.own_list import own_list
from app.casework.past import past_standing
from app.casework.revisions import get_correction, revisions_view
from app.casework.sharing_view import sharing_view
from app.casework.triage_record import triage_record as read_triage_record
from app.casework.verbs import KIND_LABELS, VERB_WORDS, HistoryKind
from app.consultations.presentation import message_views, thread_line
from app.consultations.queries import consultation_of
from app.core import clock
from app.core.access import roles, signed_in
from app.core.errors import NotFound
from app.follow_ups.panel import follow_up_panel
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import BODY_ROLES, get_visible
from app.rounds.choice import chosen_round
from app.watches.panel import watch_panel

blueprint = Blueprint("casework", __name__)
name_verbs(VERB_WORDS)

# So many of the latest moves stand on the case page itself.
MOVES_SHOWN = 6
NO_CONSULTATION = "この提案に事前相談はありません。"


@blueprint.get("/proposals")
@signed_in
def index() -> str | Response:
    """List of the cases, by role (提案一覧): all of a round, the own body's, or what was sent."""
    actor = current_actor()
    asked = request.args.to_dict()
    if reads_as_secretariat(actor):
        found = case_list(actor, asked, chosen_round())
        return render_template("casework/index.html", cases=found)
    if actor.has_role(*BODY_ROLES):
        return render_template("casework/own.html", own=own_list(actor, asked))
    if actor.has_role(*MINISTRY_ROLES):
        return redirect(url_for("handoffs.index"))
    return render_template("casework/nothing.html", reader=_reader_kind(actor))


@blueprint.get("/proposals/<receipt_number>")
@signed_in
def show(receipt_number: str) -> str:
    """Page of one case, tab 内容 (案件の画面)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    frame = case_frame(proposal, actor, tab="casework.show")
    return render_template(
        "casework/show.html",
        case=frame,
        proposal=proposal,
        content=content_view(proposal, actor),
        answer=told_answer(proposal, actor),
        sharing=sharing_view(proposal, actor),
        lineage=lineage_view(proposal, actor),
        follow_up=follow_up_panel(proposal, actor),
        watches=watch_panel(proposal, actor),
        candidates=candidate_panel(proposal, actor),
        past=past_standing(proposal, actor, request.args.get("as_of", "")),
        today=clock.today(),
        undelivered=failed_deliveries(proposal, actor),
        moves=[entry.line for entry in frame.history[:MOVES_SHOWN]],
    )


@blueprint.get("/proposals/<receipt_number>/triage-record")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def triage_record(receipt_number: str) -> str:
    """Tab 仕分け: assignments, opinions, decisions; the secretariat's alone."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    return render_template(
        "casework/triage_record.html",
        case=case_frame(proposal, actor, tab="casework.triage_record"),
        record=read_triage_record(proposal, actor),
        proposal=proposal,
    )


@blueprint.get("/proposals/<receipt_number>/deadlines")
@signed_in
def deadlines(receipt_number: str) -> str:
    """Tab 期限: every run of every deadline of the case."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    return render_template(
        "casework/deadlines.html",
        case=case_frame(proposal, actor, tab="casework.deadlines"),
        spent=time_of(proposal) if reads_as_secretariat(actor) else None,
    )


@blueprint.get("/proposals/<receipt_number>/consultation")
@signed_in
def consultation(receipt_number: str) -> str:
    """Tab 事前相談: the thread the case came of, for its body and the secretariat."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    thread = consultation_of(proposal, actor)
    if thread is None:
        raise NotFound(NO_CONSULTATION)
    return render_template(
        "casework/consultation.html",
        case=case_frame(proposal, actor, tab="casework.consultation"),
        consultation=thread,
        line=thread_line(thread, actor),
        messages=message_views(thread, actor),
    )


@blueprint.get("/proposals/<receipt_number>/revisions")
@signed_in
def revisions(receipt_number: str) -> str:
    """Tab 変更点: two submissions of the case held against each other."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    first, second = request.args.get("from", ""), request.args.get("to", "")
    return render_template(
        "casework/revisions.html",
        case=case_frame(proposal, actor, tab="casework.revisions"),
        view=revisions_view(proposal, actor, first=first, second=second),
    )


@blueprint.get("/proposals/<receipt_number>/corrections/<int:correction_number>")
@signed_in
def correction_letter(receipt_number: str, correction_number: int) -> str:
    """The letter of one return as it was sent (補正の依頼文), to read and to print."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    correction = get_correction(proposal, actor, correction_number)
    return render_template(
        "casework/correction_letter.html",
        case=case_frame(proposal, actor, tab="casework.correction_letter"),
        correction=correction,
        correction_number=correction_number,
        wishes=correction_view(proposal, correction, actor).wishes,
    )


@blueprint.get("/proposals/<receipt_number>/history")
@signed_in
def history(receipt_number: str) -> str:
    """Tab 履歴: every move with an address of its own; `kind` shows one kind only."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    frame = case_frame(proposal, actor, tab="casework.history")
    asked = request.args.get("kind", "")
    kind = HistoryKind(asked) if asked in list(HistoryKind) else None
    present = {entry.kind for entry in frame.history}
    return render_template(
        "casework/history.html",
        case=frame,
        kind=kind,
        kinds=[(row, KIND_LABELS[row]) for row in HistoryKind if row in present],
        entries=[entry for entry in frame.history if kind in (None, entry.kind)],
        deliveries=deliveries_of(proposal, actor),
    )


@blueprint.get("/proposals/<receipt_number>/sheet")
@signed_in
def sheet(receipt_number: str) -> str:
    """The case on paper (個票), without the contact data."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    frame = case_frame(proposal, actor, tab="casework.sheet")
    content = content_view(proposal, actor)
    return render_template(
        "casework/sheet.html",
        case=frame,
        items=sheet_items(content.items),
        content=content,
        record=read_triage_record(proposal, actor) if frame.is_inner else None,
    )


def _reader_kind(actor: User) -> str:
    """Why somebody finds no case here: the administration, or anybody else."""
    return "admin" if actor.has_role(Role.ADMIN) else "other"
