"""Fields that are asked only after a certain answer (条件付きの項目), and what is hidden by it.

While nothing is submitted a hidden answer stays: whoever changes the answer back finds it again.
The submission clears it or keeps it, as the form says.
"""

from collections.abc import Mapping
from typing import Any

from app.core.text import is_blank
from app.proposals.content.answers import answer_of, blank_of, content_of, write_answers
from app.proposals.content.fields import names_of
from app.proposals.models import Proposal
from app.rounds.models import FormField, Round
from app.rounds.round_form import fields_of


def visible_fields(round_: Round, values: Mapping[str, Any]) -> list[FormField]:
    """Fields that are asked, given the answers so far, in the order of the form (表示する項目).

    `values` are as `content_of` gives them. While the deciding field is not answered, a field that
    holds something is shown: nothing typed disappears before somebody has decided.
    """
    hidden: set[str] = set()
    for field in fields_of(round_):
        if not _is_shown(field, values, hidden):
            hidden.add(field.name)
    return [field for field in fields_of(round_) if field.name not in hidden]


def shown_fields(proposal: Proposal) -> list[FormField]:
    """Fields that are asked of a proposal with its present answers (表示する項目)."""
    return visible_fields(proposal.round, content_of(proposal))


def hidden_fields(proposal: Proposal) -> list[FormField]:
    """Fields that are not asked of a proposal with its present answers (表示していない項目)."""
    shown = shown_fields(proposal)
    return [field for field in fields_of(proposal.round) if field not in shown]


def clear_hidden(proposal: Proposal) -> list[str]:
    """Clear the hidden answers, except those the form keeps; return the names that were cleared."""
    names = [
        name
        for field in hidden_fields(proposal)
        if not field.keeps_hidden_answer
        for name in names_of(field)
        if answer_of(proposal, name)
    ]
    write_answers(proposal, {name: blank_of(name) for name in names})
    return names


def is_answered(field: FormField, values: Mapping[str, Any]) -> bool:
    """Whether anything was answered to a field (入力あり)."""
    return any(not _is_empty(values.get(name)) for name in names_of(field))


def _is_shown(field: FormField, values: Mapping[str, Any], hidden: set[str]) -> bool:
    if field.shown_when_field is None:
        return True
    if field.shown_when_field in hidden:
        return False
    deciding = values.get(field.shown_when_field) or ""
    return deciding == field.shown_when_value if deciding else is_answered(field, values)


def _is_empty(value: Any) -> bool:
    return is_blank(value) if isinstance(value, str) else not value
