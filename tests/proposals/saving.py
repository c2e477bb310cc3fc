"""Sending the form of a proposal as a browser does, for the tests of drafts."""

import re
from html import unescape
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.proposals.models import Proposal
from tests.proposals.test_forms import COMPLETE_INPUT


def typed(version: int | None = None, **values: object) -> dict[str, object]:
    """What a browser sends from the form, complete unless told otherwise."""
    named = {} if version is None else {"version": version}
    return {**COMPLETE_INPUT, **named, "step": "save", **values}


def new_key() -> str:
    return token_hex(16)


def drafts_of(session: Session) -> list[Proposal]:
    return list(session.scalars(select(Proposal).order_by(Proposal.id)))


def hidden_of(page: TestResponse, name: str) -> list[str]:
    """Values of the hidden inputs of a name."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    named = [text for text in inputs if f'name="{name}"' in text]
    return [unescape(re.findall(r'value="([^"]*)"', text)[0]) for text in named]


def sent_by_page(page: TestResponse, **values: object) -> dict[str, object]:
    """What the main form of a page sends without being touched, and the values."""
    main = page.text.split("<main")[1]
    form = main.split("<form")[1].split("</form>")[0]
    pairs: dict[str, list[str]] = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', form):
        name = re.findall(r'name="([^"]*)"', tag)[0]
        value = unescape(re.findall(r'value="([^"]*)"', tag)[0])
        pairs.setdefault(name, []).append(value)
    return {**pairs, **values}


def entries_of(session: Session, proposal: Proposal) -> list[tuple[str, list[str]]]:
    """Trail of a proposal, oldest first: verb and fields."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "proposal", AuditEvent.subject_id == proposal.id)
        .order_by(AuditEvent.seq)
    )
    return [(event.verb, event.changes.get("fields", [])) for event in events]
