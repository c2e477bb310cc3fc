"""Keeping the index of the texts current (類似の索引の更新)."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from app.extensions import db
from app.proposals.models import Proposal
from app.similar.compared import ENGINE, TextForm, fingerprint_of, forms_of
from app.similar.index import row_of, texts_of
from app.similar.models import ProposalVector

# About 10 ms for each on one core: a round of the job ends well before the next one.
INDEXED_AT_ONCE = 1000
ENCODED_AT_ONCE = 100


def count_waiting() -> int:
    """Number of cases whose row is missing, of an earlier text or of another engine (作成待ち)."""
    statement = select(func.count()).select_from(Proposal).outerjoin(ProposalVector, _is_row_of())
    return db.session.scalar(statement.where(_waits())) or 0


def look_for_changed_texts() -> Callable[[], int]:
    """Compute the rows of some cases that wait, while nothing is locked; the work writes them.

    Safe to run twice, and side by side: a row says of which version of the case it is. What only
    moved on to another state keeps its row, under the new version.
    """
    waiting = db.session.execute(
        select(Proposal.id, Proposal.version, ProposalVector.fingerprint)
        .outerjoin(ProposalVector, _is_row_of())
        .where(_waits())
        .order_by(Proposal.id)
        .limit(INDEXED_AT_ONCE)
    ).all()
    forms = _forms({row.id: row.fingerprint for row in waiting})
    versions = {row.id: row.version for row in waiting}

    def write() -> int:
        statement = select(Proposal.id, Proposal.version).where(Proposal.id.in_(versions))
        now = {row.id: row.version for row in db.session.execute(statement)}
        # Gone, or changed again meanwhile: the next round looks at it.
        still = [key for key, version in versions.items() if now.get(key) == version]
        return sum(_write(key, versions[key], forms.get(key)) for key in still)

    return write


def _is_row_of() -> ColumnElement[bool]:
    return ProposalVector.proposal_id == Proposal.id


def _waits() -> ColumnElement[bool]:
    return and_(
        Proposal.search_key != "",
        or_(
            ProposalVector.proposal_id.is_(None),
            ProposalVector.proposal_version != Proposal.version,
            ProposalVector.engine != ENGINE,
        ),
    )


def _forms(kept: dict[int, int | None]) -> dict[int, TextForm]:
    """Forms by id of the cases whose text is another one than was kept."""
    texts = texts_of(list(kept))
    changed = [key for key, text in texts.items() if fingerprint_of(text) != kept[key]]
    return {key: form for some in _slices(changed) for key, form in _encoded(some)}


def _slices(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[first : first + ENCODED_AT_ONCE] for first in range(0, len(ids), ENCODED_AT_ONCE)]


def _encoded(ids: Sequence[int]) -> list[tuple[int, TextForm]]:
    texts = texts_of(ids)
    return list(zip(texts, forms_of(list(texts.values())), strict=True))


def _write(proposal_id: int, version: int, form: TextForm | None) -> int:
    values = {"proposal_version": version, **(row_of(form) if form else {})}
    row = ProposalVector.proposal_id == proposal_id
    changed = db.session.execute(
        update(ProposalVector).where(row).values(values).returning(ProposalVector.proposal_id)
    )
    if changed.first() is None and form is not None:
        db.session.execute(insert(ProposalVector).values(proposal_id=proposal_id, **values))
    return 1
