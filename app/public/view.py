"""A published case as its page shows it (公表された提案の画面), made of its public copy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.proposals.models import Publication
from app.proposals.presentation import StateBadge
from app.public.labels import PUBLIC_STATE_LABELS, PUBLIC_STATE_TONES
from app.public.queries import public_versions


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
    content = publication.content
    first_at, updated_at = _dates(publication)
    return PublicCase(
        number=publication.receipt_number,
        round=content["round"],
        title=content["title"],
        body=body_words(publication),
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
        first_at=first_at,
        updated_at=updated_at,
    )


def body_words(publication: Publication) -> str:
    """Name of the body with its consent, its type without (団体名・団体種別)."""
    content = publication.content
    return str(content["body"] if publication.is_named else content["body_type"])


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


def _dates(publication: Publication) -> tuple[datetime | None, datetime | None]:
    """First publication, and the latest update where there was one (公表日・更新日)."""
    rows = public_versions(publication)
    if not rows:
        return None, None
    is_updated = len(rows) > 1
    return rows[0].publishes_at, rows[-1].publishes_at if is_updated else None
