"""Pages of a pile (一覧のページ): found by the place of a case, never by counting rows."""

from collections.abc import Sequence

from app.accounts.models import User
from app.core.pagination import Page, decode_cursor, encode_cursor
from app.triage.worklist.items import Waiting, is_back_with

PAGE_SIZE = 50
AFTER, BEFORE = "after", "before"

Place = tuple[int, str, int]


def page_of_items(
    actor: User, items: Sequence[Waiting], cursor: str, size: int = PAGE_SIZE
) -> Page[Waiting]:
    """Cut one page out of a pile, which stands in its order; the first for a cursor that is none.

    A cursor names a case by its date: what is finished meanwhile moves no other case out of view.
    """
    places = [_place(actor, item) for item in items]
    asked = _read(cursor)
    start = 0
    if asked is not None and asked[0] == AFTER:
        start = sum(place <= asked[1] for place in places)
    elif asked is not None:
        start = max(0, sum(place < asked[1] for place in places) - size)
    if start >= len(items):
        start = 0
    end = min(start + size, len(items))
    return Page(
        rows=list(items[start:end]),
        total=len(items),
        next_cursor=encode_cursor([AFTER, *places[end - 1]]) if end < len(items) else None,
        previous_cursor=encode_cursor([BEFORE, *places[start]]) if start else None,
    )


def _place(actor: User, item: Waiting) -> Place:
    due = item.case.due_on
    rank = 0 if is_back_with(actor, item.resubmission) else 1
    return rank, due.isoformat() if due else "", item.case.id


def _read(cursor: str) -> tuple[str, Place] | None:
    match decode_cursor(cursor, 4) if cursor else None:
        case ["after" | "before" as direction, int(rank), str(due), int(proposal_id)]:
            return direction, (rank, due, proposal_id)
    return None
