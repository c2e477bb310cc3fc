"""The texts of the cases a reader may know of, ready to be compared (類似の索引).

One query asks who may know of which case and under which fingerprint its text is kept. A row made
from an earlier version of the case counts as missing: its text is read and looked up anew. Nothing
is written here; the job `similarity` keeps the table current.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, select

from app.extensions import db
from app.proposals.models import Proposal
from app.similar.compared import ENGINE, Text, TextForm, fingerprint_of, forms_of
from app.similar.models import ProposalVector
from app.similar.store import Kept, Slots, store

# What one page computes itself of cases that the job has not come to yet: bounds its time.
MOST_READ = 500
MOST_ENCODED = 50
IDS_A_QUERY = 1000
UNKNOWN = 0  # in place of a fingerprint


class Indexed(NamedTuple):
    """Cases ready to be compared (索引にある案件): `slots` of the case at the same place in `ids`.

    `left_out` is the number of cases that wait for the job and were too many to compute at once.
    """

    ids: Slots
    slots: Slots
    kept: Kept
    left_out: int

    def slot_of(self, proposal_id: int) -> int | None:
        """Slot of a case, None where it is not among these."""
        places = np.flatnonzero(self.ids == proposal_id)
        return int(self.slots[places[0]]) if len(places) else None

    def without(self, proposal_id: int | None) -> "Indexed":
        """The same without one case, which is asked about."""
        keep = self.ids != (proposal_id or 0)
        return self._replace(ids=self.ids[keep], slots=self.slots[keep])


def indexed(condition: ColumnElement[bool]) -> Indexed:
    """Read the cases that meet a condition on the reader, in the order of their ids."""
    is_current = and_(
        ProposalVector.proposal_id == Proposal.id,
        ProposalVector.proposal_version == Proposal.version,
        ProposalVector.engine == ENGINE,
    )
    statement = (
        select(Proposal.id, ProposalVector.fingerprint)
        .outerjoin(ProposalVector, is_current)
        .where(condition, Proposal.search_key != "")
        .order_by(Proposal.id)
    )
    rows = db.session.execute(statement).all()
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    names = np.fromiter((row[1] or UNKNOWN for row in rows), dtype=np.int64, count=len(rows))
    missing = np.flatnonzero(names == UNKNOWN)
    computed = _computed(ids[missing].tolist())
    names[missing] = [computed.get(key, UNKNOWN) for key in ids[missing].tolist()]
    is_known = names != UNKNOWN
    ids, names = ids[is_known], names[is_known]
    kept = _loaded(ids, names)
    store.forget_unused(len(names))
    slots = kept.slots_of(names)
    is_there = slots >= 0  # a row may have gone between the two queries
    return Indexed(ids[is_there], slots[is_there], kept, len(missing) - len(computed))


def _computed(missing: Sequence[int]) -> dict[int, int]:
    """Fingerprint by id of cases that the table does not hold as they are; kept afterwards."""
    texts = texts_of(missing[:MOST_READ])
    names = {key: fingerprint_of(text) for key, text in texts.items()}
    places = store.kept().slots_of(np.array(list(names.values()), dtype=np.int64))
    unknown = [key for key, place in zip(names, places, strict=True) if place < 0]
    encoded = unknown[:MOST_ENCODED]
    if encoded:
        store.add(forms_of([texts[key] for key in encoded]))
    left_out = set(unknown[MOST_ENCODED:])
    return {key: name for key, name in names.items() if key not in left_out}


def texts_of(ids: Sequence[int]) -> dict[int, Text]:
    """Title and detail of some cases, by id; the caller may know of them."""
    if not ids:
        return {}
    statement = select(Proposal.id, Proposal.title, Proposal.detail).where(Proposal.id.in_(ids))
    return {row.id: Text(row.title, row.detail) for row in db.session.execute(statement)}


def _loaded(ids: Slots, names: NDArray[np.int64]) -> Kept:
    """Everything kept, with the rows of these cases read from the table where they were not."""
    kept = store.kept()
    wanted = ids[kept.slots_of(names) < 0].tolist()
    forms: list[TextForm] = []
    for first in range(0, len(wanted), IDS_A_QUERY):
        rows = db.session.execute(
            select(ProposalVector.fingerprint, ProposalVector.meaning, ProposalVector.pairs).where(
                ProposalVector.proposal_id.in_(wanted[first : first + IDS_A_QUERY]),
                ProposalVector.engine == ENGINE,
            )
        )
        forms += [form_of(*row) for row in rows]
    return store.add(forms) if forms else kept


def form_of(fingerprint: int, meaning: bytes, pairs: bytes) -> TextForm:
    """Form of a text from its row of the index."""
    vector = np.frombuffer(meaning, dtype="<f2").astype(np.float32)
    return TextForm(fingerprint, vector, np.frombuffer(pairs, dtype="<u4").astype(np.uint32))


def row_of(form: TextForm) -> dict[str, object]:
    """Columns of the index for a text, the opposite of `form_of`."""
    return {
        "fingerprint": form.fingerprint,
        "engine": ENGINE,
        "meaning": form.meaning.astype("<f2").tobytes(),
        "pairs": form.pairs.astype("<u4").tobytes(),
    }
