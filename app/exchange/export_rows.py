"""The rows of a proposal file (出力の行), some at a time: 100,000 are never in memory at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import overload

from sqlalchemy import Select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organization
from app.extensions import db
from app.proposals.models import Proposal

ROWS_AT_ONCE = 500

Row = Mapping[str, object]
# Rows of some proposals, in their order.
Written = Callable[[Sequence[Proposal]], Sequence[Row]]


class ExportRows(Sequence[Row]):
    """Rows of the proposals of a query (出力の行), read anew by whoever goes through them.

    Which ones and in which order was settled when it was made. A proposal that the reader may no
    longer see when its turn comes is left out, hence `len` is right after all were read.
    """

    def __init__(self, proposals: Select[Proposal], written: Written) -> None:
        self._proposals = proposals.options(
            joinedload(Proposal.category),
            joinedload(Proposal.organization).selectinload(Organization.types),
            selectinload(Proposal.round),
        )
        self._written = written
        self._ids = list(db.session.scalars(proposals.with_only_columns(Proposal.id)))

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Row]:
        ids, gone = iter(list(self._ids)), set[int]()
        while some := list(islice(ids, ROWS_AT_ONCE)):
            read = self._read(some)
            gone.update(set(some) - {proposal.id for proposal in read})
            yield from self._written(read)
        if gone:
            self._ids = [key for key in self._ids if key not in gone]

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        """Rows at a place, in the order of the file."""
        if isinstance(place, slice):
            return self._written(self._read(self._ids[place]))
        return self._written(self._read([self._ids[place]]))[0]

    def _read(self, ids: Sequence[int]) -> list[Proposal]:
        """Proposals in the order of their ids here; forgotten with the last one who holds them."""
        found = db.session.scalars(self._proposals.order_by(None).where(Proposal.id.in_(ids)))
        by_id = {proposal.id: proposal for proposal in found}
        return [by_id[key] for key in ids if key in by_id]
