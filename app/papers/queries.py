"""Finding versions of the paper (会議資料の版の検索)."""

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from app.core.errors import NotFound
from app.extensions import db
from app.papers.models import Paper
from app.rounds.models import Round

NOT_FOUND = "この版の会議資料は見つかりません。会議資料の一覧から選んでください。"


def versions_of(round_: Round) -> list[Paper]:
    """Versions of the paper of a round, the newest first (版の一覧), without their pages."""
    return list(
        db.session.scalars(
            select(Paper)
            .where(Paper.round_id == round_.id)
            .order_by(Paper.number.desc())
            .options(
                load_only(
                    Paper.round_id,
                    Paper.number,
                    Paper.title,
                    Paper.reason,
                    Paper.made_at,
                    Paper.checks,
                )
            )
        )
    )


def find_paper(round_: Round, number: int) -> Paper | None:
    """Return a version by its number (版), None when there is none."""
    return db.session.scalars(
        select(Paper).where(Paper.round_id == round_.id, Paper.number == number)
    ).one_or_none()


def get_paper(round_: Round, number: int) -> Paper:
    """Return a version by its number (版). Raises NotFound."""
    found = find_paper(round_, number)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def last_number(round_: Round) -> int:
    """Return the number of the newest version (最新の版), 0 while there is none."""
    newest = select(func.max(Paper.number)).where(Paper.round_id == round_.id)
    return db.session.scalar(newest) or 0
