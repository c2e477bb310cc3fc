"""What was answered (回答): one reader and one writer for columns and other answers alike."""

from collections.abc import Mapping
from typing import Any

from app.core.text import search_key
from app.proposals.content.fields import (
    VIEWPOINT_BOXES,
    VIEWPOINT_MARKS,
    VIEWPOINTS,
    names_of,
)
from app.proposals.models import Proposal
from app.rounds.default_form import CORE_FIELDS
from app.rounds.models import FormField, Round
from app.rounds.round_form import fields_of

COLUMNS = frozenset(CORE_FIELDS) - {VIEWPOINTS} | frozenset(VIEWPOINT_BOXES)
ANSWERS = "answers"


def answer_of(proposal: Proposal, name: str) -> Any:
    """Return the answer to a field: text, id of the ministry, list of chosen viewpoints.

    A field nobody answered yet is the empty text; None for no ministry.
    """
    if name == VIEWPOINTS:
        return [box for box in VIEWPOINT_BOXES if getattr(proposal, box)]
    return getattr(proposal, name) if name in COLUMNS else proposal.answers.get(name, "")


def content_of(proposal: Proposal) -> dict[str, Any]:
    """Answers to all fields, as kept with a revision (提出版の内容); the viewpoints box by box."""
    return {name: answer_of(proposal, name) for name in content_names(proposal.round)}


def content_names(round_: Round) -> list[str]:
    """Names in the content of a proposal of this round, in the order of its form."""
    return [name for field in fields_of(round_) for name in names_of(field)]


def apply_content(proposal: Proposal, content: Mapping[str, Any]) -> list[str]:
    """Write the answers and the search key; return the names whose answer changed.

    Other answers may stand beside the columns or under `answers`. A name that is not given keeps
    its answer, one that the form of the round does not have is left out.
    """
    given = {**content.get(ANSWERS, {}), **content}
    before = content_of(proposal)
    changed = [name for name in before if name in given and given[name] != before[name]]
    write_answers(proposal, {name: given[name] for name in changed})
    proposal.search_key = search_key(" ".join([proposal.title, proposal.detail]))
    return changed


def write_answers(proposal: Proposal, values: Mapping[str, Any]) -> None:
    """Write single answers, to their column or beside (回答の書込み)."""
    others = dict(proposal.answers)
    for name, value in values.items():
        if name in COLUMNS:
            setattr(proposal, name, value)
        elif value:
            others[name] = value
        else:
            others.pop(name, None)
    if others != proposal.answers:
        proposal.answers = others


def blank_of(name: str) -> Any:
    """Answer that is none: what a cleared field holds (未入力の値)."""
    if name in VIEWPOINT_MARKS:
        return False
    return None if name == "ministry_id" else ""


def is_same(before: Any, after: Any) -> bool:
    """Whether two answers say the same; a field that did not exist yet was left empty."""
    return (before or "") == (after or "")


def changed_fields(
    round_: Round, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[FormField]:
    """Fields that differ between two contents of one proposal, in the order of the form."""
    return [
        field
        for field in fields_of(round_)
        if any(not is_same(before.get(name), after.get(name)) for name in names_of(field))
    ]


def viewpoint_marks(proposal: Proposal) -> list[str]:
    """Marks of the chosen viewpoints (視点): ⅰ, ⅱ, ⅲ."""
    return [mark for name, mark in VIEWPOINT_MARKS.items() if getattr(proposal, name)]
