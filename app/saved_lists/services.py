"""Saving, renaming, sharing, copying, taking over, pinning lists (保存した一覧の操作)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.rounds.models import Round
from app.saved_lists.models import LONGEST_NAME, ListKind, PinnedList, SavedList
from app.saved_lists.policy import authorize_change, authorize_save, authorize_take_over
from app.saved_lists.queries import count_owned, find_pin, pinned_lists

SAME_NAME = "同じ名前の一覧があります。別の名前を付けてください"
MOST_LISTS = 50  # of one owner
MOST_PINS = 12  # on one home
TOO_MANY = f"保存できる一覧は{MOST_LISTS}件までです。使わない一覧を削除してから保存してください"
TOO_MANY_PINS = f"ホームに置ける一覧は{MOST_PINS}件までです。どれかをホームから外してください"


@dataclass(frozen=True, kw_only=True)
class SaveList:
    """Filters of a list under a name (一覧の保存); `round` for kinds of a round alone."""

    kind: ListKind
    round: Round | None
    name: str
    query: Mapping[str, str]
    is_shared: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeList:
    """Another name, or shared or not (一覧の変更)."""

    version: int
    name: str
    is_shared: bool


def save_list(command: SaveList, *, actor: User) -> SavedList:
    """Keep the filters under a name (一覧の保存). Raises NotAllowed, InvalidInput."""
    authorize_save(actor, command.kind)
    round_id = command.round.id if command.round else None
    _check_name(actor, command.kind, round_id, command.name)
    return _add(command, actor, "save")


def copy_list(saved: SavedList, *, actor: User) -> SavedList:
    """Make an own list of a shared one (一覧の写し). Raises NotAllowed, InvalidInput."""
    authorize_save(actor, saved.kind)
    command = SaveList(
        kind=saved.kind,
        round=saved.round,
        name=_free_name(actor, saved),
        query=dict(saved.query),
    )
    return _add(command, actor, "copy")


def change_list(saved: SavedList, command: ChangeList, *, actor: User) -> None:
    """Rename, share or stop sharing (一覧の変更). Raises NotAllowed, StaleVersion, InvalidInput."""
    authorize_change(actor, saved)
    _check_version(saved, command.version)
    _check_name(actor, saved.kind, saved.round_id, command.name, apart_from=saved.id)
    saved.name = command.name
    saved.is_shared = command.is_shared
    db.session.flush()
    _leave_trace("change", saved, actor, is_shared=saved.is_shared)


def delete_list(saved: SavedList, version: int, *, actor: User) -> None:
    """Forget the name; no case is touched (一覧の削除). Raises NotAllowed, StaleVersion."""
    authorize_change(actor, saved)
    _check_version(saved, version)
    _leave_trace("delete", saved, actor, is_shared=saved.is_shared)
    db.session.delete(saved)
    db.session.flush()


def take_over(saved: SavedList, version: int, *, actor: User) -> None:
    """Become the owner of a list whose owner has left (一覧の引継ぎ, P28).

    Raises NotAllowed, StaleVersion.
    """
    authorize_take_over(actor, saved)
    _check_version(saved, version)
    before = saved.owner_id
    saved.name = _free_name(actor, saved)
    saved.owner_id, saved.organization_id = actor.id, actor.organization_id
    db.session.flush()
    _leave_trace("take_over", saved, actor, before=before, after=actor.id)


def pin_list(saved: SavedList, *, actor: User) -> None:
    """Put a list on one's home, after those that are there (ピン留め).

    One that is there already stays where it is. Raises InvalidInput when the home is full.
    """
    if find_pin(actor, saved) is not None:
        return
    pins = _pins_of(actor)
    if len(pinned_lists(actor)) >= MOST_PINS:
        raise InvalidInput({"pin": [TOO_MANY_PINS]})
    position = max((pin.position for pin in pins), default=0) + 1
    db.session.add(PinnedList(user_id=actor.id, list_id=saved.id, position=position))
    db.session.flush()
    _leave_trace("pin", saved, actor)


def unpin_list(saved: SavedList, *, actor: User) -> None:
    """Take a list off one's home; nothing happens to one that is not there (ピン留めの解除)."""
    pin = find_pin(actor, saved)
    if pin is None:
        return
    db.session.delete(pin)
    db.session.flush()
    _leave_trace("unpin", saved, actor)


def move_pin(saved: SavedList, by: int, *, actor: User) -> None:
    """Let a list of one's home change places with a neighbour (並べ替え); the ends stay."""
    ids = [row.id for row in pinned_lists(actor)]
    if saved.id not in ids:
        return
    place = ids.index(saved.id)
    target = place + by
    if not 0 <= target < len(ids):
        return
    ids[place], ids[target] = ids[target], ids[place]
    places = {list_id: position for position, list_id in enumerate(ids, start=1)}
    for pin in _pins_of(actor):
        # Those that cannot be opened just now keep their order behind the others.
        pin.position = places.get(pin.list_id, len(ids) + pin.position)
    db.session.flush()
    _leave_trace("move", saved, actor)


def _add(command: SaveList, actor: User, act: str) -> SavedList:
    if count_owned(actor) >= MOST_LISTS:
        raise InvalidInput({"name": [TOO_MANY]})
    saved = SavedList(
        kind=command.kind,
        owner_id=actor.id,
        organization_id=actor.organization_id,
        round_id=command.round.id if command.round else None,
        name=command.name,
        query=dict(command.query),
        is_shared=command.is_shared,
        created_at=clock.now(),
    )
    db.session.add(saved)
    db.session.flush()
    _leave_trace(act, saved, actor, kind=saved.kind.value, is_shared=saved.is_shared)
    return saved


def _check_name(
    actor: User, kind: ListKind, round_id: int | None, name: str, *, apart_from: int = 0
) -> None:
    if is_blank(name):
        raise InvalidInput({"name": ["一覧の名前を入力してください"]})
    if name in _names_of(actor, kind, round_id, apart_from=apart_from):
        raise InvalidInput({"name": [SAME_NAME]})


def _free_name(actor: User, saved: SavedList) -> str:
    """The name of a list, with a number where one's own list has it already (重ならない名前)."""
    taken = _names_of(actor, saved.kind, saved.round_id, apart_from=0)
    name, number = saved.name, 1
    while name in taken:
        number += 1
        mark = f"（{number}）"
        name = saved.name[: LONGEST_NAME - len(mark)] + mark
    return name


def _names_of(actor: User, kind: ListKind, round_id: int | None, *, apart_from: int) -> set[str]:
    return set(
        db.session.scalars(
            select(SavedList.name).where(
                SavedList.owner_id == actor.id,
                SavedList.kind == kind,
                SavedList.round_id.is_not_distinct_from(round_id),
                SavedList.id != apart_from,
            )
        )
    )


def _pins_of(actor: User) -> list[PinnedList]:
    return list(db.session.scalars(select(PinnedList).where(PinnedList.user_id == actor.id)))


def _check_version(saved: SavedList, version: int) -> None:
    if saved.version != version:
        raise StaleVersion(STALE_MESSAGE)


def _leave_trace(act: str, saved: SavedList, actor: User, **changes: Any) -> None:
    record(
        f"saved_list.{act}",
        Subject(type="saved_list", id=saved.id, version=saved.version),
        actor=actor,
        changes=changes,
    )
