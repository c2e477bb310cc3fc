"""Job `erase_personal_data`: proposes lists, erases the approved ones, clears the disk (P48).

Each case is a transaction of its own: a process that dies leaves every case whole or erased, and
the next run goes on where it was.
"""

from collections.abc import Callable

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.personal_data.queries import lists_to_do, lists_to_wipe, open_items
from app.personal_data.services.disposals import finish, note_wiped, propose_due
from app.personal_data.services.erasing import erase_item
from app.personal_data.wiping import delete_contents, wipe_database


def erase_by_plan() -> Callable[[], int]:
    """Do what the plans and approvals say (廃棄の定期処理); return what notes the clearing.

    The effect is the number of lists proposed and cases done.
    """
    with unit_of_work():
        done = propose_due(clock.today())
    for disposal_id in lists_to_do():
        done += sum(_erase(item_id) for item_id in open_items(disposal_id))
        with unit_of_work():
            finish(disposal_id)
    unclean = lists_to_wipe()
    # Clearing may have to wait for a reader or the store: the list stays unclean until the next.
    if unclean and delete_contents(unclean) and wipe_database():
        return lambda: _note(unclean, done)
    return lambda: done


def _erase(item_id: int) -> bool:
    with unit_of_work():
        return erase_item(item_id)


def _note(disposal_ids: list[int], done: int) -> int:
    note_wiped(disposal_ids)
    return done
