"""What the pages of the threads show (事前相談の画面の内容)."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from sqlalchemy import func, select

from app.accounts.models import User
from app.consultations.forms import EndForm, MakeDraftForm, TakeUpForm, WriteForm
from app.consultations.models import Consultation, ConsultationState
from app.consultations.policy import can_answer, can_ask
from app.consultations.presentation import message_views, thread_line
from app.consultations.queries import (
    CONDITIONS,
    consultation_order,
    consultations_visible_to,
    visible_to,
)
from app.core.numbered_pages import read_numbered
from app.extensions import db
from app.proposals.forms.base import VersionForm
from app.proposals.presentation import reads_as_secretariat
from app.rounds.models import Round
from app.rounds.queries import list_rounds, open_rounds

PAGE_SIZE = 50
INNER_LABELS = {
    ConsultationState.OPEN: "未回答",
    ConsultationState.ANSWERED: "回答済み",
    ConsultationState.CONVERTED: "下書き・提案にした",
    ConsultationState.CLOSED: "終了",
}
BODY_LABELS = {
    **INNER_LABELS,
    ConsultationState.OPEN: "回答待ち",
    ConsultationState.ANSWERED: "回答あり",
}


def list_page(
    actor: User, *, state: ConsultationState | None, asked: Mapping[str, str]
) -> dict[str, Any]:
    """Values of the list (事前相談の一覧); a page that does not exist is the nearest that does."""
    statement = consultations_visible_to(actor)
    counts = {row: _count(actor, row) for row in ConsultationState}
    found = counts[state] if state else sum(counts.values())
    if state is not None:
        statement = statement.where(CONDITIONS[state])
    page = read_numbered(statement, consultation_order(actor), asked, size=PAGE_SIZE, total=found)
    labels = INNER_LABELS if reads_as_secretariat(actor) else BODY_LABELS
    return {
        "lines": [thread_line(row, actor) for row in page.rows],
        "found": found,
        "total": sum(counts.values()),
        "unanswered": counts[ConsultationState.OPEN],
        "state": state.value if state else "",
        "state_label": labels[state] if state else "",
        "state_options": [(row.value, labels[row]) for row in ConsultationState],
        "previous_page": page.previous,
        "next_page": page.next,
        "is_inner": reads_as_secretariat(actor),
        "can_ask": can_ask(actor),
    }


def _count(actor: User, state: ConsultationState) -> int:
    statement = select(func.count()).select_from(Consultation)
    return db.session.scalar(statement.where(visible_to(actor), CONDITIONS[state])) or 0


def rounds_to_ask_about(actor: User) -> list[Round]:
    """Rounds a body may have in mind (相談できる募集回): open ones, then those still to come."""
    coming = [row for row in db.session.scalars(list_rounds()) if not row.has_opened()]
    return [*open_rounds(actor.organization_id), *reversed(coming)]


def write_form(actor: User, *, is_fresh: bool = False) -> WriteForm:
    """Make the form of the next message (追記・回答); a fresh one takes nothing of the request."""
    sent = {"formdata": None} if is_fresh else {}
    return WriteForm(label="回答" if can_answer(actor) else "追記", **sent)


def make_draft_form(
    consultation: Consultation, actor: User, *, is_fresh: bool = False
) -> MakeDraftForm:
    """Make the form for the draft, with the rounds open to the body (下書きにする募集回)."""
    wanted = consultation.round.key if consultation.round else ""
    sent = {"formdata": None} if is_fresh else {}
    return MakeDraftForm(rounds=open_rounds(actor.organization_id), wanted=wanted, **sent)


def thread_page(
    consultation: Consultation,
    actor: User,
    *,
    writing: WriteForm | None = None,
    drafting: MakeDraftForm | None = None,
    ending: EndForm | None = None,
) -> str:
    """Render a thread (やり取り) with the forms of this reader; a refused one as it was sent."""
    forms: dict[str, VersionForm] = {
        "writing": writing or write_form(actor, is_fresh=True),
        "drafting": drafting or make_draft_form(consultation, actor, is_fresh=True),
        "ending": ending or EndForm(formdata=None),
        "taking_up": TakeUpForm(formdata=None),
    }
    refused = next((form for form in (writing, drafting, ending) if form is not None), None)
    for form in forms.values():
        if form is not refused:
            form.version.data = str(consultation.version)
    return render_template(
        "consultations/show.html",
        consultation=consultation,
        line=thread_line(consultation, actor),
        messages=message_views(consultation, actor),
        is_inner=reads_as_secretariat(actor),
        may_answer=can_answer(actor),
        may_ask=can_ask(actor, consultation),
        form=refused,
        **forms,
    )
