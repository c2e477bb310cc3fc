"""Lines of the form check and phrases of a round (形式確認の設定): data, changed by the admin."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core.errors import InvalidInput, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.correction_targets import correction_targets
from app.rounds.models import CorrectionPhrase, FormCheckItem, Round
from app.rounds.policy import authorize_manage
from app.rounds.queries import correction_phrases, form_check_items

LONGEST_LABEL = 200  # characters
LONGEST_WORDS = 2_000  # characters
UNKNOWN_ROW = "この行は見つかりません。画面を開き直してください。"


@dataclass(frozen=True, kw_only=True)
class SettingRow:
    """One row as it was sent (設定の行); `id` is 0 for a new one. `words`: help, or the phrase."""

    id: int
    position: int
    label: str
    words: str
    target: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class ChangeChecklist:
    """Lines by hand and phrases of a round, all of them (形式確認の設定)."""

    version: int
    items: tuple[SettingRow, ...]
    phrases: tuple[SettingRow, ...]


Row = FormCheckItem | CorrectionPhrase


def change_checklist(round_: Round, command: ChangeChecklist, *, actor: User) -> None:
    """Change lines and phrases, add new ones, put them in order (形式確認の設定).

    Nothing is deleted: what was marked keeps its line; a row not in use is switched off. A line
    added in mid-round is open for every case that is not accepted yet. Raises NotAllowed,
    StaleVersion, NotFound, InvalidInput with the names of the fields (`items-0-label`).
    """
    authorize_manage(actor)
    _check_version(round_, command.version)
    errors = {
        **_problems(round_, "items", command.items),
        **_problems(round_, "phrases", command.phrases, needs_words=True),
    }
    if errors:
        raise InvalidInput(errors)
    items = form_check_items(round_, only_active=False)
    phrases = correction_phrases(round_, only_active=False)
    changed = {
        "items": _apply(round_, FormCheckItem, items, command.items),
        "phrases": _apply(round_, CorrectionPhrase, phrases, command.phrases),
    }
    if not any(changed.values()):
        return
    # The lists have no version of their own: that of the round tells two admins apart.
    flag_modified(round_, "key")
    db.session.flush()
    subject = Subject(type="round", id=round_.id, version=round_.version)
    record("round.change_checklist", subject, actor=actor, changes=changed)


def _check_version(round_: Round, version: int) -> None:
    statement = select(Round.version).where(Round.id == round_.id).with_for_update()
    if not round_.version == db.session.scalar(statement) == version:
        raise StaleVersion(STALE_MESSAGE)


def _problems(
    round_: Round, name: str, rows: Sequence[SettingRow], *, needs_words: bool = False
) -> dict[str, list[str]]:
    targets = correction_targets(round_)
    found: dict[str, list[str]] = {}
    for index, row in enumerate(rows):
        at = f"{name}-{index}"
        if is_blank(row.label):
            found[f"{at}-label"] = ["名称を入力してください。使わない行は「使う」を外してください"]
        elif len(row.label) > LONGEST_LABEL:
            found[f"{at}-label"] = [f"名称は{LONGEST_LABEL}文字以内で入力してください"]
        if needs_words and is_blank(row.words):
            found[f"{at}-words"] = ["文例の文を入力してください"]
        elif len(row.words) > LONGEST_WORDS:
            found[f"{at}-words"] = [f"文は{LONGEST_WORDS:,}文字以内で入力してください"]
        if row.target and row.target not in targets:
            found[f"{at}-target"] = ["対象を一覧から選んでください"]
    return found


def _apply(
    round_: Round, kind: type[Row], present: Sequence[Row], rows: Sequence[SettingRow]
) -> list[str]:
    """Write the rows in their new order; return the names of what changed, 新規 among them."""
    known = {row.id: row for row in present}
    words = "help" if kind is FormCheckItem else "text"
    changed: list[str] = []
    # Equal numbers keep the order in which they stood on the page.
    ordered = sorted(rows, key=lambda row: row.position)
    for position, row in enumerate(ordered, start=1):
        kept = known.get(row.id) if row.id else kind(round_id=round_.id)
        if kept is None:
            raise NotFound(UNKNOWN_ROW)
        values = {
            "position": position,
            "label": row.label,
            words: row.words,
            "target": row.target,
            "is_active": row.is_active,
        }
        if any(getattr(kept, name) != value for name, value in values.items()):
            changed.append(str(row.id or "new"))
        for name, value in values.items():
            setattr(kept, name, value)
        db.session.add(kept)
    return changed
