"""Rows of the index of similar cases (類似の索引), without their meaning: that would take hours.

Fingerprint and pairs of letters are those of the text; the meaning is a made-up vector of length 1.
Pages then read and compare as many rows as they would, and find other cases near.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.similar.compared import Text, TextForm, fingerprint_of, pair_numbers
from app.similar.encoder import DIMENSIONS
from app.similar.index import row_of
from app.similar.models import ProposalVector

ROWS_AT_ONCE = 500


def fill_vectors() -> None:
    """Give every case without a row of the index a made-up one."""
    chance = np.random.default_rng(1)
    missing = list(
        db.session.scalars(
            select(Proposal.id)
            .outerjoin(ProposalVector, ProposalVector.proposal_id == Proposal.id)
            .where(ProposalVector.proposal_id.is_(None), Proposal.search_key != "")
        )
    )
    for first in range(0, len(missing), ROWS_AT_ONCE):
        with unit_of_work() as session:
            rows = list(_rows(missing[first : first + ROWS_AT_ONCE], chance))
            session.execute(insert(ProposalVector), rows)


def _rows(ids: list[int], chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    columns = (Proposal.id, Proposal.version, Proposal.title, Proposal.detail)
    for row in db.session.execute(select(*columns).where(Proposal.id.in_(ids))):
        text = Text(row.title, row.detail)
        meaning = chance.standard_normal(DIMENSIONS).astype(np.float32)
        form = TextForm(
            fingerprint_of(text), meaning / np.linalg.norm(meaning), pair_numbers(text.whole())
        )
        yield {"proposal_id": row.id, "proposal_version": row.version, **row_of(form)}
