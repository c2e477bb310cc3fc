"""What is frozen now (凍結中のもの)."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select

from app.extensions import db
from app.freezes.models import Freeze, FrozenKind


def is_anything_frozen() -> ColumnElement[bool]:
    """Condition, true while anything at all is frozen: asked along with another question."""
    return exists().where(Freeze.lifted_at.is_(None))


def is_frozen(kind: FrozenKind, *targets: str) -> bool:
    """Whether any of these is frozen now (凍結中)."""
    found = select(Freeze.id).where(
        Freeze.lifted_at.is_(None), Freeze.kind == kind, Freeze.target.in_(targets)
    )
    return db.session.scalar(found.limit(1)) is not None


def frozen_among(kind: FrozenKind, targets: Collection[str]) -> set[str]:
    """Which of these are frozen now (凍結中のもの)."""
    found = select(Freeze.target).where(
        Freeze.lifted_at.is_(None), Freeze.kind == kind, Freeze.target.in_(targets)
    )
    return set(db.session.scalars(found))
