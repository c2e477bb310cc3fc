"""Answers in words (回答の表示): what a reader sees of a field."""

from collections.abc import Mapping
from typing import Any

from app.accounts.models import Organization
from app.extensions import db
from app.proposals.content.fields import viewpoint_words
from app.rounds.models import FieldKind, FormField
from app.rounds.round_form import choice_words


def words_in(field: FormField, content: Mapping[str, Any]) -> str:
    """Answer to a field in words, empty for none; `content` as `content_of` or a revision has it.

    Texts come as they were typed. Chosen viewpoints stand one a line.
    """
    if field.kind is FieldKind.VIEWPOINTS:
        chosen = [words for box, words in viewpoint_words(field).items() if content.get(box)]
        return "\n".join(chosen)
    value = content.get(field.name)
    if field.kind is FieldKind.MINISTRY:
        ministry = db.session.get(Organization, value) if value is not None else None
        return ministry_name(ministry) if ministry else ""
    return choice_words(field, str(value or ""))


def ministry_name(ministry: Organization) -> str:
    """Name of a ministry, a unit with its ministry in front (内閣府　防災担当)."""
    return f"{ministry.parent.name}　{ministry.name}" if ministry.parent else ministry.name
