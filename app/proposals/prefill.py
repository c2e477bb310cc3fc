"""What a new proposal takes over from the last one of its body (前回の提案からの転記)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.core.text import is_blank
from app.extensions import db
from app.proposals.content import answer_of, field_of, inner_fields, label_of
from app.proposals.models import Proposal
from app.proposals.queries import is_of_body
from app.rounds.models import FieldKind, Round

COPIED_KINDS = (FieldKind.TEXT, FieldKind.EMAIL)


def prefilled(actor: User, round_: Round) -> Mapping[str, Any]:
    """Whom to call (連絡先), as the body's last proposal says it; empty when there is none.

    These are the short fields between body and secretariat that the forms of both rounds have.
    """
    last = _last_proposal(actor)
    if last is None:
        return {}
    names = [field.name for field in inner_fields(round_) if field.kind in COPIED_KINDS]
    known = {name: answer_of(last, name) for name in names if field_of(last.round, name)}
    return {name: answer for name, answer in known.items() if not is_blank(answer)}


def prefilled_labels(actor: User, round_: Round) -> list[tuple[str, str]]:
    """Name and label of the fields that `prefilled` fills (転記した項目)."""
    return [(name, label_of(round_, name)) for name in prefilled(actor, round_)]


def _last_proposal(actor: User) -> Proposal | None:
    return db.session.scalars(
        select(Proposal)
        .where(is_of_body(actor))
        .order_by(Proposal.created_at.desc(), Proposal.id.desc())
        .limit(1)
    ).one_or_none()
