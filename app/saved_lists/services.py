"""Saving, renaming, sharing and deleting lists (保存した一覧の操作)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.rounds.models import Round
from app.saved_lists.models import SavedList
from app.saved_lists.policy import authorize_change, authorize_save

SAME_NAME = "同じ名前の一覧があります。別の名前を付けてください"


@dataclass(frozen=True, kw_only=True)
class SaveList:
    """Filters of the case list under a name (一覧の保存)."""

    round: Round
    name: str
    query: Mapping[str, str]
    is_shared: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeList:
    """Another name, or shared with the secretariat or not (一覧の変更)."""

    version: int
    name: str
    is_shared: bool


def save_list(command: SaveList, *, actor: User) -> SavedList:
    """Keep the filters under a name (一覧の保存). Raises NotAllowed, InvalidInput."""
    authorize_save(actor)
    _check_name(actor, command.round.id, command.name)
    saved = SavedList(
        owner_id=actor.id,
        round_id=command.round.id,
        name=command.name,
        query=dict(command.query),
        is_shared=command.is_shared,
        created_at=clock.now(),
    )
    db.session.add(saved)
    db.session.flush()
    _leave_trace("save", saved, actor)
    return saved


def change_list(saved: SavedList, command: ChangeList, *, actor: User) -> None:
    """Rename, share or stop sharing (一覧の変更). Raises NotAllowed, StaleVersion, InvalidInput."""
    authorize_change(actor, saved)
    _check_version(saved, command.version)
    _check_name(actor, saved.round_id, command.name, apart_from=saved.id)
    saved.name = command.name
    saved.is_shared = command.is_shared
    db.session.flush()
    _leave_trace("change", saved, actor)


def delete_list(saved: SavedList, version: int, *, actor: User) -> None:
    """Forget the name; no case is touched (一覧の削除). Raises NotAllowed, StaleVersion."""
    authorize_change(actor, saved)
    _check_version(saved, version)
    _leave_trace("delete", saved, actor)
    db.session.delete(saved)
    db.session.flush()


def _check_name(actor: User, round_id: int, name: str, *, apart_from: int | None = None) -> None:
    if is_blank(name):
        raise InvalidInput({"name": ["一覧の名前を入力してください"]})
    same = select(SavedList.id).where(
        SavedList.owner_id == actor.id,
        SavedList.round_id == round_id,
        SavedList.name == name,
        SavedList.id != (apart_from or 0),
    )
    if db.session.scalar(same) is not None:
        raise InvalidInput({"name": [SAME_NAME]})


def _check_version(saved: SavedList, version: int) -> None:
    if saved.version != version:
        raise StaleVersion(STALE_MESSAGE)


def _leave_trace(act: str, saved: SavedList, actor: User) -> None:
    record(
        f"saved_list.{act}",
        Subject(type="saved_list", id=saved.id, version=saved.version),
        actor=actor,
        changes={"is_shared": saved.is_shared},
    )
