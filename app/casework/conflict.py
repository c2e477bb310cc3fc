"""The page for whoever came second (409): what changed since, and what was typed."""

from typing import NamedTuple

from flask import render_template, request, url_for
from flask_login import current_user

from app.audit.queries import events_after_version
from app.casework.history import HistoryLine, history_lines
from app.core.access import is_worth_keeping
from app.core.error_pages import HEADINGS
from app.core.errors import DomainError, NotFound, StaleVersion
from app.core.http import request_id
from app.core.posted_form import PostedDifferently
from app.extensions import db
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.content import fields_of
from app.proposals.models import Proposal
from app.proposals.queries import get_visible, get_visible_by_id
from app.rounds.default_form import default_fields
from app.rounds.models import FieldKind
from app.triage.forms.base import as_number

# Free texts of the forms about a case, besides the fields of the round's own form.
TEXT_LABELS = {
    "reason": "理由",
    "note": "メモ",
    "outcome_text": "団体に知らせる結果",
    "quote": "根拠の文",
    "subject": "件名",
    "body": "相談・回答の文",
    "difference": "違い",
    "text": "回答の本文",
    "planned_on": "予定日",
}
OTHER_TEXT = "入力した文"

TEXT_KINDS = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.EMAIL)


class Typed(NamedTuple):
    """A text the user typed, shown again so that it can be copied."""

    label: str
    text: str


def show_conflict(error: DomainError) -> tuple[str, int]:
    """Tell that another came first, or that the state does not allow it; nothing typed is lost."""
    db.session.rollback()
    proposal = _proposal_of_request()
    return (
        render_template(
            "errors/stale.html",
            heading=_heading(error),
            message=error.message,
            subject=f"{proposal.reference} {proposal.title}" if proposal else None,
            events=_changes_since(proposal) if proposal else [],
            typed=_typed_texts(proposal),
            back_url=_back_url(error, proposal),
            request_id=request_id(),
        ),
        409,
    )


def _proposal_of_request() -> Proposal | None:
    arguments = request.view_args or {}
    try:
        if "receipt_number" in arguments:
            return get_visible(current_user, arguments["receipt_number"])
        if "proposal_id" in arguments:
            return get_visible_by_id(current_user, arguments["proposal_id"])
    except NotFound:
        return None
    return None


def _changes_since(proposal: Proposal) -> list[HistoryLine]:
    version = as_number(request.form.get("version"))
    if not version:
        return []
    events = db.session.scalars(events_after_version("proposal", proposal.id, version))
    return history_lines(list(events), proposal=proposal, reader=current_user)


def _typed_texts(proposal: Proposal | None) -> list[Typed]:
    labels = {**_labels_of_form(proposal), **TEXT_LABELS}
    return [
        Typed(labels.get(_plain(name), OTHER_TEXT), text)
        for name, text in request.form.items()
        if text.strip() and (_plain(name) in labels or is_worth_keeping(name, text))
    ]


def _labels_of_form(proposal: Proposal | None) -> dict[str, str]:
    """Labels of the texts of the round's form; choices are quickly made again."""
    asked = default_fields() if proposal is None else fields_of(proposal.round)
    return {row.name: row.label for row in asked if row.kind in TEXT_KINDS}


def _plain(name: str) -> str:
    """Name of a field without the row it stands in: `items-0-reason` is `reason`."""
    return name.rsplit("-", 1)[-1]


def _heading(error: DomainError) -> str:
    if isinstance(error, PostedDifferently):
        return "この画面は送信済みです"
    return "ほかの人が先に変更しました" if isinstance(error, StaleVersion) else HEADINGS[409]


def _back_url(error: DomainError, proposal: Proposal | None) -> str:
    if isinstance(error, PostedDifferently) and error.location:
        return error.location
    if proposal is None:
        # A thread is locked and judged only after it was found for this reader.
        number = (request.view_args or {}).get("consultation_number")
        if number:
            return url_for("consultations.show", consultation_number=number)
        # So is a hand-off; its ministry knows the case by nothing else.
        if "handoff_id" in (request.view_args or {}) and current_user.has_role(*MINISTRY_ROLES):
            return url_for("handoffs.desk", handoff_id=(request.view_args or {})["handoff_id"])
        return url_for("dashboard.home")
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id)
    return url_for("casework.show", receipt_number=proposal.receipt_number)
