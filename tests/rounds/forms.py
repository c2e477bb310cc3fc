"""Forms of rounds for the tests (試験用の様式): another round, a field more."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.rounds.models import FieldAudience, FieldKind, FormField, Round
from app.rounds.services import NewRound, create_round
from tests.factories import World


def make_round(world: World, key: str) -> Round:
    """Create another round that is open now, with the standard form."""
    now = clock.now()
    command = NewRound(
        key=key,
        label=key,
        name=key,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
    )
    return create_round(world.round.scheme, command, actor=world["admin"])


def named(round_: Round, name: str) -> FormField:
    """Field of this name in the form of a round."""
    return next(field for field in round_.form_fields if field.name == name)


def add_field(round_: Round, name: str, kind: FieldKind, label: str, **settings: Any) -> FormField:
    """Put a field at the end of the form of a round."""
    values = {"help": "", "section": "", "choices": [], "shown_when_value": "", **settings}
    values = {"is_required": False, "keeps_hidden_answer": False, **values}
    values = {"audience": FieldAudience.SHARED, **values}
    field = FormField(
        name=name, kind=kind, label=label, position=len(round_.form_fields) + 1, **values
    )
    round_.form_fields.append(field)
    return field
