"""Marking what is withheld, and why (不開示部分の指定)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.disclosure.models import (
    DisclosureRecord,
    DisclosureRequest,
    DisclosureStatus,
    Ground,
    Redaction,
)
from app.disclosure.policy import authorize_prepare
from app.disclosure.redaction import spans_of
from app.disclosure.services.requests import keep_trace
from app.extensions import db

NOT_OPEN = "この開示請求は作成中ではありません。直すときは、先に作成中へ戻してください。"


@dataclass(frozen=True, kw_only=True)
class HideWords:
    """Words to be hidden wherever they stand in some records (語句の不開示)."""

    version: int
    words: str
    ground: Ground
    records: Sequence[DisclosureRecord]


@dataclass(frozen=True, kw_only=True)
class Withhold:
    """Whether the whole of a record is withheld (文書全体の不開示); None hands it out."""

    version: int
    ground: Ground | None


def check_open(request: DisclosureRequest, version: int) -> None:
    """Refuse changes to what is approved, or changed meanwhile. Raises."""
    if request.version != version:
        raise StaleVersion(STALE_MESSAGE)
    if request.status is not DisclosureStatus.OPEN:
        raise IllegalTransition(NOT_OPEN)


def hide_words(request: DisclosureRequest, command: HideWords, *, actor: User) -> int:
    """Hide the words in each place where they stand; returns in how many (語句の不開示).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_prepare(actor)
    check_open(request, command.version)
    if is_blank(command.words):
        raise InvalidInput({"words": ["隠す語句を入力してください"]})
    count = 0
    for record in command.records:
        for start, stop in spans_of(record, command.words):
            record.redactions.append(
                Redaction(
                    start=start,
                    stop=stop,
                    ground=command.ground,
                    marked_by_id=actor.id,
                    marked_at=clock.now(),
                )
            )
            count += 1
    if not count:
        raise InvalidInput(
            {
                "words": [
                    "この語句は文書にありません（または、もう隠しています）。文書から写してください"
                ]
            }
        )
    _touch(request)
    keep_trace("hide", request, actor, ground=command.ground.value, places=count)
    return count


def show_again(
    request: DisclosureRequest, redaction: Redaction, version: int, *, actor: User
) -> None:
    """Take a mark off (不開示の取消し). Raises NotAllowed, StaleVersion, IllegalTransition."""
    authorize_prepare(actor)
    check_open(request, version)
    for record in request.records:
        if redaction in record.redactions:
            record.redactions.remove(redaction)
    _touch(request)
    keep_trace("show_again", request, actor, ground=redaction.ground.value)


def withhold(
    request: DisclosureRequest, record: DisclosureRecord, command: Withhold, *, actor: User
) -> None:
    """Withhold the whole of a record, or hand it out again (文書全体の不開示).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_prepare(actor)
    check_open(request, command.version)
    record.ground = command.ground
    _touch(request)
    ground = command.ground.value if command.ground else None
    keep_trace("withhold", request, actor, position=record.position, ground=ground)


def _touch(request: DisclosureRequest) -> None:
    """Let the version of the request count a change of its parts (版)."""
    request.changed_at = clock.now()
    db.session.flush()
