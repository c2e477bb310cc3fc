"""A published case as its page shows it (公表された提案の画面), made of its public copy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.proposals.models import Publication
from app.proposals.presentation import StateBadge
from app.public.labels import PUBLIC_STATE_LABELS, PUBLIC_STATE_TONES
from app.public.queries import published_hours


@dataclass(frozen=True, kw_only=True)
class PublicAnswer:
    """A released reply as the public reads it (府省庁の回答)."""

    ministry: str
    part: str
    round_number: int
    kind: str
    text: str
    planned_on: date | None
    released_on: date


@dataclass(frozen=True, kw_only=True)
class PublicCase:
    """What the public reads of a case (公表された提案)."""

    number: str
    round: str
    title: str
    body: str
    partners: int
    state: StateBadge
    category_code: str
    category_label: str
    policy: str
    ministry: str
    texts: Sequence[tuple[str, str]]
    outcome: str
    answers: Sequence[PublicAnswer]
    views: Sequence[tuple[date, str]]
    first_at: datetime | None
    updated_at: datetime | None


def public_case(publication: Publication) -> PublicCase:
    """Read the copy as the public sees it (公表された提案); also before it goes out (確認)."""
    return public_cases([publication])[0]


def public_cases(publications: Sequence[Publication]) -> list[PublicCase]:
    """Read some copies as the public sees them, in their order (公表された提案)."""
    hours = published_hours(publications)
    return [_public_case(row, hours[row.id]) for row in publications]


def _public_case(publication: Publication, hours: Sequence[datetime]) -> PublicCase:
    content = publication.content
    return PublicCase(
        number=publication.receipt_number,
        round=content["round"],
        title=content["title"],
        body=publication.body_words,
        partners=content["partners"],
        state=state_badge(publication),
        category_code=content["category_code"],
        category_label=content["category_label"],
        policy=content["policy"],
        ministry=content["ministry"],
        texts=[(line["label"], line["value"]) for line in content["texts"]],
        outcome=content["outcome"],
        answers=[public_answer(row) for row in content["answers"]],
        views=_views(publication),
        first_at=hours[0] if hours else None,
        updated_at=hours[-1] if len(hours) > 1 else None,
    )


def state_badge(publication: Publication) -> StateBadge:
    """The public state in words (公表用の状態)."""
    state = publication.public_state
    return StateBadge(label=PUBLIC_STATE_LABELS[state], tone=PUBLIC_STATE_TONES[state])


def public_answer(row: Mapping[str, Any]) -> PublicAnswer:
    """Read one reply of a copy (府省庁の回答)."""
    planned_on = row["planned_on"]
    return PublicAnswer(
        ministry=row["ministry"],
        part=row["part"],
        round_number=row["round_number"],
        kind=row["kind"],
        text=row["text"],
        planned_on=date.fromisoformat(planned_on) if planned_on else None,
        released_on=date.fromisoformat(row["released_on"]),
    )


def _views(publication: Publication) -> list[tuple[date, str]]:
    rows = publication.content["views"] if publication.shows_view else []
    return [(date.fromisoformat(row["filed_on"]), row["text"]) for row in rows]
