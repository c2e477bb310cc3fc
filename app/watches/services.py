"""Writing what is watched, and what was found (見直しの条件の登録・変更・確認)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.queries import are_citable
from app.triage.services.pending import possible_owners
from app.watches.models import Watch, WatchCheck, WatchStatus, WatchVersion
from app.watches.policy import authorize_watch, is_date_required

LONGEST = 1000  # characters
ENDED = "この見直しの条件は終わっています。新しい条件を登録してください。"


@dataclass(frozen=True, kw_only=True)
class WriteWatch:
    """A condition to look at a case again (見直しの条件の登録): what, where seen, when, who."""

    condition: str
    source: str
    check_on: date | None
    owner_id: int
    register_entry_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeWatch:
    """The condition as it is to be from now on (見直しの条件の変更), and why."""

    version: int
    text: WriteWatch
    reason: str


@dataclass(frozen=True, kw_only=True)
class CheckWatch:
    """One look (見直しの確認): what was found, and whether it goes on until another date."""

    version: int
    found: str
    outcome: WatchStatus
    next_on: date | None = None


def add_watch(proposal: Proposal, command: WriteWatch, *, actor: User) -> Watch:
    """Write down what is watched for a case (見直しの条件の登録).

    Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    authorize_watch(actor, proposal)
    _refuse(_text_errors(proposal, command))
    now = clock.now()
    watch = Watch(
        proposal=proposal,
        created_by_id=actor.id,
        created_at=now,
        looked_at=now,
        status=WatchStatus.OPEN,
    )
    _write(watch, command, number=1, reason="", actor=actor)
    db.session.add(watch)
    db.session.flush()
    _keep_trace("add_watch", watch, actor, check_on=command.check_on)
    return watch


def change_watch(watch: Watch, command: ChangeWatch, *, actor: User) -> None:
    """Write the condition anew (見直しの条件の変更); how it read before stays.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_watch(actor, watch.proposal)
    _check_open(watch, command.version)
    errors = _text_errors(watch.proposal, command.text, former=watch)
    if is_blank(command.reason):
        errors["reason"] = ["変える理由を入力してください"]
    _refuse(errors)
    number = len(watch.versions) + 1
    _write(watch, command.text, number=number, reason=command.reason, actor=actor)
    _keep_trace("change_watch", watch, actor, reason=command.reason, check_on=command.text.check_on)


def check_watch(watch: Watch, command: CheckWatch, *, actor: User) -> None:
    """Note what was found (見直しの確認): it goes on, came true, or is over.

    A condition that came true leaves the class as it is: the lead decides. Raises NotAllowed,
    StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_watch(actor, watch.proposal)
    _check_open(watch, command.version)
    _refuse(_check_errors(watch, command))
    goes_on = command.outcome is WatchStatus.OPEN
    watch.checks.append(
        WatchCheck(
            checked_on=clock.today(),
            found=command.found,
            outcome=command.outcome,
            next_on=command.next_on if goes_on else None,
            checked_by_id=actor.id,
            checked_at=clock.now(),
        )
    )
    watch.looked_at = clock.now()
    watch.status = command.outcome
    if goes_on:
        watch.check_on = command.next_on
    else:
        watch.result = command.found
    _keep_trace("check_watch", watch, actor, outcome=command.outcome.value, check_on=watch.check_on)


def _write(watch: Watch, command: WriteWatch, *, number: int, reason: str, actor: User) -> None:
    watch.condition = command.condition
    watch.source = command.source
    watch.check_on = command.check_on
    # A row named anew is watched from now on: what happened to it before was known.
    if watch.register_entry_id != command.register_entry_id:
        watch.looked_at = clock.now()
    watch.register_entry_id = command.register_entry_id
    watch.owner_id = command.owner_id
    watch.versions.append(
        WatchVersion(
            number=number,
            condition=command.condition,
            source=command.source,
            check_on=command.check_on,
            register_entry_id=command.register_entry_id,
            owner_id=command.owner_id,
            reason=reason,
            written_by_id=actor.id,
            written_at=clock.now(),
        )
    )


def _text_errors(
    proposal: Proposal, command: WriteWatch, *, former: Watch | None = None
) -> dict[str, list[str]]:
    """What is wrong with a condition; a date and an owner that stay as they were are not asked."""
    errors: dict[str, list[str]] = {}
    for name, label, text in (
        ("condition", "見直しの条件", command.condition),
        ("source", "確かめるところ", command.source),
    ):
        if is_blank(text):
            errors[name] = [f"{label}を入力してください"]
        elif count_characters(text) > LONGEST:
            errors[name] = [f"{label}は{LONGEST}文字以内で入力してください"]
    if former is None or command.check_on != former.check_on:
        problem = _date_problem(command.check_on, is_required=is_date_required(proposal))
        if problem:
            errors["check_on"] = [problem]
    kept_owner = former.owner_id if former else None
    owners = {user.id for user in possible_owners(proposal)} | {kept_owner}
    if command.owner_id not in owners:
        errors["owner_id"] = ["見直す人を一覧から選んでください"]
    kept_entry = former.register_entry_id if former else None
    entry_id = command.register_entry_id
    if entry_id not in (None, kept_entry) and not are_citable([entry_id]):
        errors["register_entry_id"] = ["台帳の行を一覧から選んでください"]
    return errors


def _check_errors(watch: Watch, command: CheckWatch) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if is_blank(command.found):
        errors["found"] = ["確かめたことを入力してください"]
    elif count_characters(command.found) > LONGEST:
        errors["found"] = [f"確かめたことは{LONGEST}文字以内で入力してください"]
    if command.outcome is WatchStatus.OPEN:
        is_required = is_date_required(watch.proposal)
        problem = _date_problem(command.next_on, is_required=is_required)
        if problem:
            errors["next_on"] = [problem]
    elif command.next_on is not None:
        errors["next_on"] = ["見直しを続けないときは、次の見直し日を空にしてください"]
    return errors


def _date_problem(day: date | None, *, is_required: bool) -> str:
    if day is None:
        return "この分類では、見直し日を入力してください" if is_required else ""
    if day <= clock.today():
        return "見直し日は、明日以降の日付にしてください"
    last_year = office_calendar().last_valid_year
    if day.year > last_year:
        return f"見直し日は、祝日が決まっている{last_year}年までの日付にしてください"
    return ""


def _check_open(watch: Watch, version: int) -> None:
    """Lock the watch; refuse an older version of it (P05), and one that has ended."""
    present = db.session.scalar(select(Watch.version).where(Watch.id == watch.id).with_for_update())
    if not watch.version == present == version:
        raise StaleVersion(STALE_MESSAGE)
    if watch.status is not WatchStatus.OPEN:
        raise IllegalTransition(ENDED)


def _refuse(errors: dict[str, list[str]]) -> None:
    if errors:
        raise InvalidInput(errors)


def _keep_trace(
    act: str, watch: Watch, actor: User, *, reason: str = "", **changes: object
) -> None:
    proposal = watch.proposal
    said = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in changes.items()
    }
    record(
        f"proposal.{act}",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=reason,
        changes={"watch_id": watch.id, **said},
    )
