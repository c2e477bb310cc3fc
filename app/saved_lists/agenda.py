"""Cases of a saved list for a meeting (会議の議題にする一覧)."""

from app.accounts.models import User
from app.casework.case_list import numbers_found
from app.casework.filters import filter_options, read_filters
from app.saved_lists.models import ListKind, SavedList


def numbers_of(saved: SavedList, reader: User) -> list[str]:
    """Receipt numbers of what a list of cases shows its reader now, in the order of receipt."""
    if saved.kind is not ListKind.CASES or saved.round is None:
        return []
    filters, _left_out = read_filters(saved.query, filter_options(reader, saved.round))
    return numbers_found(reader, saved.round, filters)
