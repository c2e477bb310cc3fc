"""The page for whoever came second (409): what changed since, and what was typed."""

from typing import NamedTuple

from flask import render_template, request, url_for
from flask_login import current_user

from app.audit.queries import events_after_version
from app.casework.history import HistoryLine, history_lines
from app.core.error_pages import HEADINGS
from app.core.errors import DomainError, NotFound, StaleVersion
from app.core.http import request_id
from app.extensions import db
from app.proposals.content import FIELD_LABELS
from app.proposals.models import Proposal
from app.proposals.queries import get_visible, get_visible_by_id

# Free texts of all forms about a case; choices are quickly made again.
TEXT_LABELS = {
    **{name: label for name, label in FIELD_LABELS.items() if name != "ministry_id"},
    "reason": "理由",
    "note": "メモ",
    "outcome_text": "団体に知らせる結果",
    "quote": "根拠の文",
}


class Typed(NamedTuple):
    """A text the user typed, shown again so that it can be copied."""

    label: str
    text: str


def show_conflict(error: DomainError) -> tuple[str, int]:
    """Tell that another came first, or that the state does not allow it; nothing typed is lost."""
    db.session.rollback()
    proposal = _proposal_of_request()
    heading = "ほかの人が先に変更しました" if isinstance(error, StaleVersion) else HEADINGS[409]
    return (
        render_template(
            "errors/stale.html",
            heading=heading,
            message=error.message,
            subject=f"{proposal.reference} {proposal.title}" if proposal else None,
            events=_changes_since(proposal) if proposal else [],
            typed=_typed_texts(),
            back_url=_back_url(proposal),
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
    version = request.form.get("version", type=int)
    if version is None:
        return []
    events = db.session.scalars(events_after_version("proposal", proposal.id, version))
    return history_lines(list(events), proposal=proposal, reader=current_user)


def _typed_texts() -> list[Typed]:
    return [
        Typed(TEXT_LABELS[_plain(name)], text)
        for name, text in request.form.items()
        if _plain(name) in TEXT_LABELS and text.strip()
    ]


def _plain(name: str) -> str:
    """Name of a field without the row it stands in: `items-0-reason` is `reason`."""
    return name.rsplit("-", 1)[-1]


def _back_url(proposal: Proposal | None) -> str:
    if proposal is None:
        return url_for("dashboard.home")
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id)
    return url_for("casework.show", receipt_number=proposal.receipt_number)
